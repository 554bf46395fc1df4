/** Maps larger than their room, and what redraws and late definitions keep. */
import { expect, test } from "vitest";
import type { FoveaAttentionMap } from "../../src/views/elements/attention-map.ts";
import { type MapPage, openMap, set, text } from "./attention-map-page.ts";
import { openPage } from "./harness.ts";

declare const element: MapPage["element"];
declare const inside: MapPage["inside"];
declare const wrongPixels: MapPage["wrongPixels"];

test("below a pixel a cell each pixel keeps the strongest cell that it touches", async () => {
  const { page, close } = await openMap({ viewport: { width: 400, height: 500 } });
  const wrong = await page.evaluate(async () => {
    const count = 700;
    const weights = Float32Array.from({ length: count * count }, (_, i) => ((i * 7919) % 1009 === 0 ? 1 : 0));
    const tokens = Array.from({ length: count }, (_, place) => `t${place}`);
    element.map = { rows: tokens, columns: tokens, weights };
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const canvas = inside(".cells canvas") as HTMLCanvasElement;
    const { width, height } = canvas;
    const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(0, 0, width, height);
    let faults = width < count && height < count ? 0 : 1e9;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let strongest = 0;
        for (let row = Math.floor((y * count) / height); row < ((y + 1) * count) / height; row++) {
          for (let column = Math.floor((x * count) / width); column < ((x + 1) * count) / width; column++) {
            strongest = Math.max(strongest, weights[row * count + column] as number);
          }
        }
        const red = strongest === 1 ? 15 : 255;
        if (data[4 * (y * width + x)] !== red) faults++;
      }
    }
    return faults;
  });
  expect(wrong).toBe(0);
  await close();
});

test("a large table comes in pages of rows", async () => {
  const { page, close } = await openMap();
  const tokens = Array.from({ length: 150 }, (_, place) => `t${place}`);
  await set(page, { map: { rows: tokens, columns: tokens, weights: new Array(22_500).fill(1 / 150) }, view: "table" });
  const firstRow = () => page.evaluate(() => (inside("tbody th") as HTMLElement).textContent);
  expect(await text(page, ".pages span")).toBe("rows 1 to 66 of 150");
  await page.getByRole("button", { name: "Later rows" }).click();
  expect([await firstRow(), await text(page, ".pages span")]).toEqual(["t66", "rows 67 to 132 of 150"]);
  await close();
});

test("when only weights change, labels and their elements stay", async () => {
  const { page, close } = await openMap();
  const result = await page.evaluate(async () => {
    const nodes = [...(element.shadowRoot?.querySelectorAll("*") ?? [])];
    const { map } = element;
    const weights = Array.from(map.weights).reverse();
    element.map = { ...map, weights };
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const after = [...(element.shadowRoot?.querySelectorAll("*") ?? [])];
    return {
      isSame: nodes.length === after.length && nodes.every((node, i) => node === after[i]),
      wrong: wrongPixels(),
    };
  });
  expect(result).toEqual({ isSame: true, wrong: [] });
  await close();
});

test("a long input scrolls when it is zoomed, with labels that stay and cells of the right colours", async () => {
  const { page, close } = await openMap();
  const columns = Array.from({ length: 400 }, (_, place) => `word${place}`);
  const rows = Array.from({ length: 300 }, (_, place) => `out${place}`);
  const weights = Array.from({ length: 120_000 }, (_, i) => (i % 101) / 100);
  await set(page, { map: { rows, columns, weights }, zoom: 20 });
  const found = await page.evaluate(async () => {
    const scroller = inside(".scroller");
    scroller.scrollTo(scroller.scrollWidth / 2, scroller.scrollHeight / 2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const canvas = inside(".cells canvas") as HTMLCanvasElement;
    const [cells, box, view] = [inside(".cells"), canvas.getBoundingClientRect(), scroller.getBoundingClientRect()];
    const size = { width: cells.offsetWidth / 400, height: cells.offsetHeight / 300 };
    const at = { x: view.left + view.width / 2, y: view.top + view.height / 2 };
    const all = cells.getBoundingClientRect();
    const [row, column] = [Math.floor((at.y - all.top) / size.height), Math.floor((at.x - all.left) / size.width)];
    const x = all.left + (column + 0.5) * size.width - box.left;
    const y = all.top + (row + 0.5) * size.height - box.top;
    const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(x, y, 1, 1);
    const head = inside(".head").getBoundingClientRect();
    return {
      isPart: canvas.width < cells.offsetWidth,
      pixel: [...data].slice(0, 3),
      color: [...element.colorAt(row, column)],
      isLabelled: [...(element.shadowRoot?.querySelectorAll(".head .label") ?? [])].some(
        (label) => label.textContent === `word${column}`,
      ),
      isHeadInSight: Math.abs(head.top - view.top) < 1,
    };
  });
  expect(found).toEqual({
    isPart: true,
    pixel: found.color,
    color: found.color,
    isLabelled: true,
    isHeadInSight: true,
  });
  expect(await page.evaluate(() => element.shadowRoot?.querySelectorAll("*").length)).toBeLessThan(2500);
  await close();
});

test("properties and attributes set before the element is known count", async () => {
  const body = '<fovea-attention-map scale="row" transposed zoom="2" bars="false"></fovea-attention-map>';
  const { page, close } = await openPage(new URL("./pages/early-properties.ts", import.meta.url), { body });
  await page.waitForFunction(() => (globalThis as unknown as { isReady?: boolean }).isReady);
  const found = await page.evaluate(() => {
    const { scale, transposed, zoom, bars, cells } = document.querySelector("fovea-attention-map") as FoveaAttentionMap;
    return { scale, transposed, zoom, bars, rows: cells.rows };
  });
  expect(found).toEqual({ scale: "row", transposed: true, zoom: 2, bars: false, rows: 23 });
  await close();
});
