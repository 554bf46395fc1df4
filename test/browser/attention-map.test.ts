import { expect, test } from "vitest";
import { type AttentionMap, rowWeights } from "../../src/views/attention-map.ts";
import { CIVIDIS, type Rgb, shadeIndex, WHITE_TO_BLUE } from "../../src/views/color-table.ts";
import { DATE_MAP } from "../../src/views/date-map.fixture.ts";
import { formatWeight } from "../../src/views/number-text.ts";
import { seriousFaults } from "./accessibility.ts";
import { clickOn, details, isShown, type MapPage, middle, openMap, pointAt, set, text } from "./attention-map-page.ts";

declare const element: MapPage["element"];
declare const heard: MapPage["heard"];
declare const inside: MapPage["inside"];
declare const pixelAt: MapPage["pixelAt"];
declare const wrongPixels: MapPage["wrongPixels"];

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
  await set(page, { scale: "row" });
  expect(await text(page, ".legend span")).toBe("weight, share of the column's largest");
  await set(page, { transposed: false });
  expect(await first()).toEqual([...(WHITE_TO_BLUE[255] as Rgb)]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction(() => inside(".dark") !== null);
  expect(await first()).toEqual([...(CIVIDIS[255] as Rgb)]);
  await set(page, { theme: "light" });
  expect(await first()).toEqual([...(WHITE_TO_BLUE[255] as Rgb)]);
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
  expect(await isShown(page, ".tip")).toBe(true);
  await page.mouse.move(2, 2);
  expect(await text(page, ".status")).toBe(sentence);
  // The chip says what is pinned; a tooltip would cover the cells beside it.
  expect(await isShown(page, ".tip")).toBe(false);
  await clickOn(page, 0, 19);
  expect(await isShown(page, ".chip")).toBe(false);
  await clickOn(page, 3, 22);
  await page.locator(".chip").click();
  expect(await isShown(page, ".chip")).toBe(false);
  expect(await details(page, "pin")).toEqual([{ query: 0, key: 19 }, null, { query: 3, key: 22 }, null]);
  await close();
});

test("what is pointed at is told until it is nothing any more, with the view's name", async () => {
  const { page, close } = await openMap();
  await set(page, { name: "A" });
  await pointAt(page, 3, 22);
  const told = "A: output “8” (4) ← input “8” (23): weight 0.931, rank 1 of 23, row entropy 0.50 bits";
  expect(await text(page, ".status")).toBe(told);
  await page.mouse.move(2, 2);
  expect(await details(page, "status")).toEqual([{ text: told }, { text: "" }]);
  await pointAt(page, 3, 22);
  await set(page, { map: undefined });
  expect((await details(page, "status")).at(-1)).toEqual({ text: "" });
  await close();
});

test("its sentence is read aloud only while the focus is in it", async () => {
  const { page, close } = await openMap();
  const live = () => page.evaluate(() => inside(".status").getAttribute("aria-live"));
  await set(page, { selection: { query: 1, key: 1 } });
  expect([await live(), await page.getByRole("status").count()]).toEqual(["off", 0]);
  await clickOn(page, 0, 19);
  await page.keyboard.press("ArrowLeft");
  expect(await live()).toBe("polite");
  await page.evaluate(() => (element.shadowRoot?.activeElement as HTMLElement | null)?.blur());
  expect(await live()).toBe("off");
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

test("the whole room of a label is its own: a click beside the letters, at any width, activates it", async () => {
  for (const viewport of [
    { width: 900, height: 800 },
    { width: 360, height: 700 },
  ]) {
    const { page, close } = await openMap({ viewport });
    const { x, y } = await middle(page, 0, 12);
    const box = (await page.locator(".head").boundingBox()) as { y: number; height: number };
    const half = await page.evaluate(
      () => element.cells.columns && inside(".cells").clientWidth / element.cells.columns / 2,
    );
    await page.mouse.move(x + half - 1, box.y + box.height - 2);
    expect(await page.locator(".head .flag").textContent()).toBe("A");
    await page.mouse.click(x + half - 1, box.y + box.height - 2);
    await page.mouse.click(x - half + 1, box.y + 2);
    await page.mouse.click(x + half + 1, box.y + box.height - 2);
    expect(await details(page, "key-click")).toEqual([{ place: 12 }, { place: 12 }, { place: 13 }]);
    const side = (await page.locator(".side").boundingBox()) as { x: number };
    await page.mouse.click(side.x + 2, y);
    expect(await details(page, "query-click")).toEqual([{ place: 0 }]);
    await close();
  }
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
