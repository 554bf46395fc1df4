import type { Page } from "playwright";
import { expect, test } from "vitest";
import type { AttentionMap } from "../../src/views/attention-map.ts";
import { rowWeights } from "../../src/views/attention-map.ts";
import { CIVIDIS, type Rgb, shadeIndex, WHITE_TO_BLUE } from "../../src/views/color-table.ts";
import { DATE_MAP } from "../../src/views/date-map.fixture.ts";
import type { FoveaAttentionMap } from "../../src/views/elements/attention-map.ts";
import { formatWeight } from "../../src/views/number-text.ts";
import { seriousFaults } from "./accessibility.ts";
import { type OpenPage, openPage, type PageOptions } from "./harness.ts";

/** What `pages/attention-map.ts` lays out, for code that runs in the page. */
interface InPage {
  readonly element: FoveaAttentionMap;
  readonly heard: { name: string; detail: unknown }[];
  readonly inside: (selector: string) => HTMLElement;
  readonly pixelAt: (row: number, column: number) => number[];
  readonly wrongPixels: () => string[];
}
declare const element: InPage["element"];
declare const heard: InPage["heard"];
declare const inside: InPage["inside"];
declare const pixelAt: InPage["pixelAt"];
declare const wrongPixels: InPage["wrongPixels"];

const ENTRY = new URL("./pages/attention-map.ts", import.meta.url);

function openMap(options: PageOptions = {}): Promise<OpenPage> {
  return openPage(ENTRY, { viewport: { width: 900, height: 800 }, ...options });
}

async function set(page: Page, properties: Partial<Record<keyof FoveaAttentionMap, unknown>>): Promise<void> {
  await page.evaluate(async (values) => {
    Object.assign(element, values);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }, properties);
}

/** Details of the events of a name so far. */
function details(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate((wanted) => heard.filter((event) => event.name === wanted).map(({ detail }) => detail), name);
}

/** The middle of a cell in the window. */
function middle(page: Page, row: number, column: number): Promise<{ x: number; y: number }> {
  return page.evaluate(
    ([down, across]) => {
      const box = inside(".cells").getBoundingClientRect();
      const { rows, columns } = element.cells;
      return {
        x: box.left + (((across as number) + 0.5) * box.width) / columns,
        y: box.top + (((down as number) + 0.5) * box.height) / rows,
      };
    },
    [row, column],
  );
}

async function pointAt(page: Page, row: number, column: number): Promise<void> {
  const { x, y } = await middle(page, row, column);
  await page.mouse.move(x, y);
}

async function clickOn(page: Page, row: number, column: number): Promise<void> {
  const { x, y } = await middle(page, row, column);
  await page.mouse.click(x, y);
}

const text = (page: Page, selector: string) => page.evaluate((at) => inside(at).textContent, selector);
const isShown = (page: Page, selector: string) => page.evaluate((at) => !inside(at).hidden, selector);

/** Weights 0, 1/20 … 1 in known places. */
const KNOWN: AttentionMap = {
  rows: ["a", "b", "c"],
  columns: [..."1234567"],
  weights: Array.from({ length: 21 }, (_, i) => i / 20),
};

test.each([
  { name: "light", table: WHITE_TO_BLUE, colorScheme: "light" as const, deviceScaleFactor: 1 },
  { name: "dark", table: CIVIDIS, colorScheme: "dark" as const, deviceScaleFactor: 2 },
])("on $name paper each cell of the canvas has exactly the colour that the table has for its weight", async (theme) => {
  const { page, close } = await openMap(theme);
  await set(page, { map: KNOWN });
  const pixels = await page.evaluate(() => Array.from({ length: 21 }, (_, i) => pixelAt(Math.floor(i / 7), i % 7)));
  const expected = Array.from({ length: 21 }, (_, i) => [...(theme.table[shadeIndex(i / 20)] as Rgb), 255]);
  expect(pixels).toEqual(expected);
  await close();
});

test("the colours follow scale, gamma, transposition and the reader's theme", async () => {
  const { page, close } = await openMap();
  const first = async () => (await page.evaluate(() => pixelAt(0, 6))).slice(0, 3);
  for (const look of [{ scale: "row" }, { scale: "gamma", gamma: 0.3 }, { transposed: true }, { scale: "absolute" }]) {
    await set(page, { map: KNOWN, ...look });
    expect(await page.evaluate(() => wrongPixels())).toEqual([]);
  }
  await set(page, { transposed: false, scale: "row" });
  expect(await first()).toEqual([...(WHITE_TO_BLUE[255] as Rgb)]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => inside(".dark") !== null);
  expect(await first()).toEqual([...(CIVIDIS[255] as Rgb)]);
  await set(page, { theme: "light" });
  expect(await first()).toEqual([...(WHITE_TO_BLUE[255] as Rgb)]);
  await close();
});

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

test("pointing previews, a click pins, the chip and a second click let go", async () => {
  const { page, close } = await openMap();
  await pointAt(page, 0, 19);
  const sentence = "output “1” (1) ← input “1” (20): weight 0.725, rank 1 of 23, row entropy 1.68 bits";
  expect(await text(page, ".status")).toBe(sentence);
  expect(await text(page, ".tip")).toBe("1 ← 1weight 0.725rank 1 of 23row entropy 1.68 bits");
  expect(await details(page, "point")).toEqual([{ query: 0, key: 19 }]);
  expect(await details(page, "status")).toEqual([{ text: sentence }]);
  expect(await details(page, "pin")).toEqual([]);
  await clickOn(page, 0, 19);
  expect(await text(page, ".chip")).toBe("1 ← 1✕");
  await pointAt(page, 3, 3);
  await page.mouse.move(2, 2);
  expect(await text(page, ".status")).toBe(sentence);
  await clickOn(page, 0, 19);
  expect(await isShown(page, ".chip")).toBe(false);
  await clickOn(page, 3, 22);
  await page.locator(".chip").click();
  expect(await isShown(page, ".chip")).toBe(false);
  expect(await details(page, "pin")).toEqual([{ query: 0, key: 19 }, null, { query: 3, key: 22 }, null]);
  await close();
});

test("keys move the cell to its edges and labels, pin it and let go", async () => {
  const { page, close } = await openMap();
  for (let stop = 0; stop < 20; stop++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => element.shadowRoot?.activeElement?.getAttribute("role") === "gridcell")) break;
  }
  const pointed = async () => (await details(page, "point")).at(-1);
  expect(await pointed()).toEqual({ query: 0, key: 0 });
  for (const [key, place] of [
    ["ArrowRight", { query: 0, key: 1 }],
    ["ArrowDown", { query: 1, key: 1 }],
    ["End", { query: 1, key: 22 }],
    ["Control+End", { query: 9, key: 22 }],
    ["Home", { query: 9, key: 0 }],
    ["ArrowLeft", { query: 9 }],
    ["ArrowRight", { query: 9, key: 0 }],
    ["ArrowUp", { query: 8, key: 0 }],
  ] as const) {
    await page.keyboard.press(key);
    expect(await pointed(), key).toEqual(place);
  }
  const focused = () =>
    page.evaluate(() => {
      const cell = element.shadowRoot?.activeElement as HTMLElement;
      const rows = cell.parentElement as HTMLElement;
      return [cell.role, rows.ariaRowIndex ?? rows.getAttribute("aria-rowindex"), cell.ariaColIndex, cell.ariaLabel];
    });
  expect(await focused()).toEqual(["gridcell", "10", "2", "0.003"]);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Space");
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  expect(await details(page, "pin")).toEqual([{ query: 8, key: 0 }, null, { query: 8, key: 0 }, null]);
  await page.keyboard.press("Escape");
  expect(await text(page, ".status")).toBe(
    "Point at a cell, or focus the picture and use the arrow keys. Click pins a cell, Esc lets go.",
  );
  expect(await page.evaluate(() => element.shadowRoot?.querySelectorAll(".rover[tabindex='0']").length)).toBe(1);
  await close();
});

test("labels are activated by click and by key", async () => {
  const { page, close } = await openMap();
  await page.locator(".head .label", { hasText: "A" }).click();
  await page.locator(".side .label").nth(4).click();
  await clickOn(page, 0, 2);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  expect(await details(page, "key-click")).toEqual([{ place: 12 }, { place: 2 }]);
  expect(await details(page, "query-click")).toEqual([{ place: 4 }]);
  await close();
});

test("T turns the map, + and − zoom it, and the tools do the same", async () => {
  const { page, close } = await openMap();
  await clickOn(page, 0, 0);
  await page.keyboard.press("t");
  expect(await page.evaluate(() => [element.transposed, element.cells.rows, element.cells.columns])).toEqual([
    true,
    23,
    10,
  ]);
  await pointAt(page, 19, 0);
  expect((await details(page, "point")).at(-1)).toEqual({ query: 0, key: 19 });
  await page.getByRole("button", { name: "⇄ attended by" }).click();
  await page.keyboard.press("+");
  expect(await page.evaluate(() => element.zoom)).toBe(1.4);
  await page.keyboard.press("-");
  await page.getByRole("combobox").selectOption("row");
  const look = { scale: "absolute", transposed: false, view: "matrix", zoom: 1 };
  expect(await details(page, "change")).toEqual([
    { ...look, transposed: true },
    look,
    { ...look, zoom: 1.4 },
    look,
    { ...look, scale: "row" },
  ]);
  await close();
});

test("on a touch screen the first tap points and the second pins", async () => {
  const { page, close } = await openMap({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 700 } });
  const { x, y } = await middle(page, 0, 19);
  await page.touchscreen.tap(x, y);
  expect(await details(page, "point")).toEqual([{ query: 0, key: 19 }]);
  expect(await details(page, "pin")).toEqual([]);
  await page.touchscreen.tap(x, y);
  await page.touchscreen.tap(x, y);
  expect(await details(page, "pin")).toEqual([{ query: 0, key: 19 }, null]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await close();
});

test("a selection from outside is shown without events, also one beyond the map", async () => {
  const { page, close } = await openMap();
  await set(page, { selection: { query: 3, key: 22, pinned: true } });
  expect(await text(page, ".chip")).toBe("8 ← 8✕");
  await set(page, { selection: { query: 2 } });
  expect(await text(page, ".status")).toBe("“5”: row entropy 0.92 bits");
  await set(page, { selection: { key: 4 } });
  expect(await text(page, ".status")).toBe("“2”: coverage 1.21");
  await set(page, { selection: { query: 300, key: 1, pinned: true } });
  expect(await isShown(page, ".chip")).toBe(false);
  expect(await page.evaluate(() => heard)).toEqual([]);
  await close();
});

test("the table has every weight", async () => {
  const { page, close } = await openMap();
  await page.getByRole("button", { name: "Table" }).click();
  const rows = await page.evaluate(() =>
    [...(inside("table") as HTMLTableElement).rows]
      .slice(1)
      .map((row) => [...row.cells].map((cell) => cell.textContent)),
  );
  expect(rows).toHaveLength(10);
  for (const [row, cells] of rows.entries()) {
    expect(cells.slice(0, -1)).toEqual([DATE_MAP.rows[row], ...rowWeights(DATE_MAP, row).map(formatWeight)]);
  }
  expect(rows[0]?.at(-1)).toBe("1.68");
  await page.getByRole("button", { name: "Picture" }).click();
  expect(await page.evaluate(() => wrongPixels())).toEqual([]);
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

test("language follows the page, in words and sentences", async () => {
  const { page, close } = await openMap();
  await page.evaluate(() => {
    document.documentElement.lang = "zh-CN";
  });
  await pointAt(page, 0, 19);
  expect(await text(page, ".status")).toBe(
    "输出“1”（第 1 个）← 输入“1”（第 20 个）：权重 0.725，本行第 1 / 23，行熵 1.68 比特",
  );
  expect(await page.getByRole("button", { name: "⇄ 关注" }).count()).toBe(1);
  await set(page, { lang: "en" });
  expect(await page.getByRole("button", { name: "⇄ attends to" }).count()).toBe(1);
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

test("masked keys are struck out, and an empty map says so", async () => {
  const { page, close } = await openMap();
  await set(page, { masked: [4, 5] });
  expect(await page.locator(".label.masked").allTextContents()).toEqual(["2", "9"]);
  expect(await page.evaluate(() => inside(".masks").childElementCount)).toBe(2);
  await set(page, { map: undefined });
  expect(await text(page, ".empty")).toBe("No attention to show yet.");
  expect(await isShown(page, ".tools")).toBe(false);
  await close();
});

test("what cannot be shown is refused where it is set", async () => {
  const { page, close } = await openMap();
  const errors = await page.evaluate(() =>
    [{ map: { rows: ["a"], columns: ["b"], weights: [] } }, { gamma: 0 }, { zoom: 0.5 }].map((values) => {
      try {
        Object.assign(element, values);
        return "nothing";
      } catch (error) {
        return String(error);
      }
    }),
  );
  expect(errors).toEqual([
    "ShapeError: attentionMap: expected 1 weights for 1 rows and 1 columns but found 0",
    "RangeError: fovea-attention-map: expected gamma above 0 but found 0",
    "RangeError: fovea-attention-map: expected zoom of at least 1 but found 0.5",
  ]);
  await close();
});

test.each(["light", "dark"] as const)(
  "axe finds no serious fault on %s paper, as picture and as table",
  async (colorScheme) => {
    const { page, close } = await openMap({ colorScheme });
    if (colorScheme === "dark") await page.evaluate(() => document.body.style.setProperty("background", "#12161c"));
    if (colorScheme === "dark") await page.evaluate(() => document.body.style.setProperty("color", "#fff"));
    await clickOn(page, 0, 19);
    expect(await seriousFaults(page)).toEqual([]);
    await set(page, { view: "table" });
    expect(await seriousFaults(page)).toEqual([]);
    await close();
  },
);

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
