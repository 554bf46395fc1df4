import { expect, test } from "vitest";
import { BLUE_WHITE_ORANGE, sequentialTable, shadeIndex, signedIndex } from "../../src/views/color-table.ts";
import { DATE_MAP } from "../../src/views/date-map.fixture.ts";
import { rankRows } from "../../src/views/elements/divergence.ts";
import { details, LOOKS, seriousFaults, set, showView } from "./sequence-views.ts";

const COLUMNS = DATE_MAP.columns.length;
/** The date map whose step 4 reads the fifth character only, and writes 2. */
const FORCED = {
  ...DATE_MAP,
  title: "step 4 forced",
  rows: DATE_MAP.rows.with(3, "2"),
  weights: Array.from(DATE_MAP.weights, (weight, i) => {
    return Math.floor(i / COLUMNS) === 3 ? Number(i % COLUMNS === 4) : weight;
  }),
};
const PAIR = { a: DATE_MAP, b: FORCED };

test("every cell of A, B and their difference has exactly its colour", async () => {
  const { page, close } = await showView("fovea-compare", PAIR, { colorScheme: "light" });
  const shown = await page.evaluate(
    ([rows, columns]) => {
      const { parts, pixel } = globalThis as unknown as {
        parts: (selector: string) => HTMLCanvasElement[];
        pixel: (canvas: HTMLCanvasElement, across: number, down: number) => number[];
      };
      return parts("canvas").map((canvas) =>
        Array.from({ length: rows * columns }, (_, i) => {
          const [row, column] = [Math.floor(i / columns), i % columns];
          return pixel(canvas, (column + 0.5) / columns, (row + 0.5) / rows).slice(0, 3);
        }),
      );
    },
    [DATE_MAP.rows.length, COLUMNS] as const,
  );
  const blue = sequentialTable("light");
  const weights = (map: typeof FORCED | typeof DATE_MAP) => Array.from(map.weights);
  expect(shown[0]).toEqual(weights(DATE_MAP).map((weight) => blue[shadeIndex(weight)]));
  expect(shown[1]).toEqual(weights(FORCED).map((weight) => blue[shadeIndex(weight)]));
  const before = weights(DATE_MAP);
  expect(shown[2]).toEqual(
    weights(FORCED).map((weight, i) => BLUE_WHITE_ORANGE[signedIndex(weight - (before[i] as number))]),
  );
  await close();
});

test("on dark paper what is alike is dark, too", async () => {
  const { page, close } = await showView("fovea-compare", { a: DATE_MAP, b: DATE_MAP, theme: "dark" });
  const middle = await page.evaluate(() => {
    const { parts, pixel } = globalThis as unknown as {
      parts: (selector: string) => HTMLCanvasElement[];
      pixel: (canvas: HTMLCanvasElement, across: number, down: number) => number[];
    };
    return pixel(parts("canvas")[2] as HTMLCanvasElement, 0.5, 0.5).slice(0, 3);
  });
  expect(middle).toEqual([30, 34, 40]);
  await close();
});

test("rows are ranked by divergence, and a row that is chosen is pinned", async () => {
  const { page, close } = await showView("fovea-compare", PAIR);
  const ranked = rankRows(DATE_MAP, FORCED);
  const shown = await page.locator(".rank .bits").allTextContents();
  expect(shown).toEqual(ranked.map(({ bits }) => `${bits.toFixed(3)} bits`));
  const first = page.getByRole("option").first();
  expect(await first.locator("bdi").textContent()).toBe("8 → 2");
  await first.focus();
  await page.keyboard.press("Enter");
  expect(await details(page, "pin")).toEqual([{ query: 3 }]);
  expect(await first.getAttribute("aria-selected")).toBe("true");
  const bits = (ranked[0] as { bits: number }).bits.toFixed(3);
  expect(await page.locator(".status").textContent()).toBe(`output “8” → “2” (4): A and B are ${bits} bits apart`);
  await page.keyboard.press("Escape");
  expect((await details(page, "pin")).at(-1)).toBeNull();
  await close();
});

test("what is pointed at in one picture is framed in all and read of both", async () => {
  const { page, close } = await showView("fovea-compare", PAIR);
  const canvas = page.getByRole("img", { name: /^B:/ });
  const box = (await canvas.boundingBox()) ?? { width: 0, height: 0 };
  await canvas.hover({ position: { x: (4.5 / COLUMNS) * box.width, y: 0.35 * box.height } });
  expect(await details(page, "point")).toEqual([{ query: 3, key: 4 }]);
  const bits = (rankRows(DATE_MAP, FORCED)[0] as { bits: number }).bits.toFixed(3);
  const text = `output “8” → “2” (4) ← input “2” (5): A 0.001, B 1.000, difference +0.999; rows ${bits} bits apart`;
  expect(await page.locator(".status").textContent()).toBe(text);
  expect(await page.locator(".mark").evaluateAll((marks) => marks.map((mark) => (mark as HTMLElement).hidden))).toEqual(
    [false, false, false],
  );
  const places = await page
    .locator(".mark")
    .evaluateAll((marks) => marks.map((mark) => (mark as HTMLElement).style.transform));
  expect(new Set(places).size).toBe(1);
  await page.mouse.move(0, 0);
  await expect.poll(() => details(page, "status")).toEqual([{ text }, { text: "" }]);
  await close();
});

test("the arrow keys move the cell, Enter pins it", async () => {
  const { page, close } = await showView("fovea-compare", PAIR);
  await page.getByRole("group", { name: "A, B and their difference" }).focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "End", "Enter"]) await page.keyboard.press(key);
  expect(await details(page, "point")).toEqual([
    { query: 0, key: 0 },
    { query: 0, key: 1 },
    { query: 1, key: 1 },
    { query: 1, key: 22 },
  ]);
  expect(await details(page, "pin")).toEqual([{ query: 1, key: 22 }]);
  await close();
});

test("what B may not read is struck out in B alone, and said", async () => {
  const { page, close } = await showView("fovea-compare", { ...PAIR, masked: [4, 5, 90] });
  const struck = (at: number) => page.locator(".panel").nth(at).locator(".label.masked").allTextContents();
  expect([await struck(0), await struck(1), await struck(2)]).toEqual([[], ["2", "9"], []]);
  expect(await page.locator(".masks i").count()).toBe(2);
  const lanes = await page.locator(".masks i").first().boundingBox();
  const cells = await page.locator(".panel").nth(1).locator("canvas").boundingBox();
  expect(((lanes?.x ?? 0) - (cells?.x ?? 0)) / (cells?.width ?? 1)).toBeCloseTo(4 / COLUMNS, 2);
  expect(await page.getByRole("img", { name: "B: attention" }).getAttribute("aria-label")).toBe(
    "B: attention of 10 output tokens over 23 input tokens, masked: “2”, “9”",
  );
  await set(page, { masked: [] });
  expect(await page.locator(".masks i").count()).toBe(0);
  await close();
});

test("a selection reads no map anew: of large ones that would take longer than a frame", async () => {
  const { page, close } = await showView("fovea-compare", PAIR);
  const reads = await page.evaluate(async (map) => {
    let count = 0;
    const counted = {
      ...map,
      get weights() {
        count++;
        return map.weights;
      },
    };
    const { element } = globalThis as unknown as { element: Record<string, unknown> };
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    element.b = counted;
    await frame();
    count = 0;
    // A language that is set anew, though the same, has the browser work out every style again.
    let changed = 0;
    const changes = new MutationObserver((records) => {
      changed += records.length;
    });
    const { part } = globalThis as unknown as { part: (selector: string) => HTMLElement };
    changes.observe(part(".fv"), { attributes: true });
    for (let query = 0; query < 5; query++) {
      element.selection = { query, key: 1 };
      await frame();
    }
    return [count, changed];
  }, FORCED);
  // One for the weight in each of the five sentences.
  expect(reads).toEqual([5, 0]);
  expect(await details(page, "status")).toEqual([]);
  await close();
});

test("maps over other tokens are shown without a difference, and one alone is not enough", async () => {
  const { page, close } = await showView("fovea-compare", { a: DATE_MAP });
  expect(await page.getByText("Two maps are needed to compare.").isVisible()).toBe(true);
  await set(page, { b: { rows: ["a"], columns: ["x", "y"], weights: [0.25, 0.75] } });
  expect(await page.getByText("A and B read different inputs, so their difference is not shown.").isVisible()).toBe(
    true,
  );
  expect(await page.getByRole("img").count()).toBe(2);
  expect(await page.getByRole("listbox").count()).toBe(0);
  await close();
});

test.each(LOOKS)("axe finds no serious fault: $name", async ({ options }) => {
  const { page, close } = await showView("fovea-compare", PAIR, options);
  await set(page, { selection: { query: 3, key: 4, pinned: true } });
  await page.locator("summary").click();
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await close();
});
