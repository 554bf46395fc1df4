import { expect, test } from "vitest";
import { type Rgb, SERIES_COLORS } from "../../src/views/color-table.ts";
import { DATE_MAP } from "../../src/views/date-map.fixture.ts";
import { chooseEdges } from "../../src/views/elements/ribbons-layout.ts";
import { formatWeight } from "../../src/views/number-text.ts";
import { tokenText } from "../../src/views/token-text.ts";
import { details, get, LOOKS, seriousFaults, set, showView } from "./sequence-views.ts";

const SIZE = { rows: DATE_MAP.rows.length, columns: DATE_MAP.columns.length };
/** The same rows, turned by one place. */
const TURNED = {
  ...DATE_MAP,
  weights: Array.from({ length: SIZE.rows * SIZE.columns }, (_, i) => {
    const row = Math.floor(i / SIZE.columns);
    return DATE_MAP.weights[row * SIZE.columns + ((i + 1) % SIZE.columns)] as number;
  }),
};

test("the table holds the edges that are drawn, heaviest first, with the map's weights", async () => {
  const { page, close } = await showView("fovea-ribbons", { map: DATE_MAP });
  await page.getByText("The ribbons as a table").click();
  const rows = await page.locator("tbody tr").allInnerTexts();
  const { edges } = chooseEdges([DATE_MAP], { mass: 0.9 });
  const expected = edges.map(({ row, column, weight }) => {
    const [output, input] = [tokenText(DATE_MAP.rows[row] as string), tokenText(DATE_MAP.columns[column] as string)];
    return `${output} (${row + 1})\t${input} (${column + 1})\t${formatWeight(weight)}`;
  });
  expect(rows.toSorted()).toEqual(expected.toSorted());
  const weights = rows.map((row) => Number(row.split("\t")[2]));
  expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  expect(await page.getByRole("img").getAttribute("aria-label")).toBe(
    `${edges.length} ribbons from 10 output tokens down to 23 input tokens, as wide as their weights`,
  );
  await close();
});

test("the mass is a slider, and what it leaves out is said", async () => {
  const { page, close } = await showView("fovea-ribbons", { map: DATE_MAP });
  expect(await page.locator(".count").textContent()).toBe("31 of 230 edges, 91.5 % of the weight");
  const slider = page.getByRole("slider", { name: "Share of each row's weight that is drawn" });
  await slider.focus();
  await page.keyboard.press("End");
  expect(await get(page, "mass")).toBe(1);
  await expect.poll(() => page.locator(".count").textContent()).toBe("230 of 230 edges, 100 % of the weight");
  await close();
});

test("pointing at a ribbon tells its cell, a click pins it, Esc lets go", async () => {
  const { page, close } = await showView("fovea-ribbons", { map: DATE_MAP });
  const canvas = page.locator("canvas");
  const box = await canvas.boundingBox();
  // At the top, the middle of row 4, whose 0.93 on the last character take most of its slot.
  const at = { x: ((box?.width ?? 0) * 3.5) / SIZE.rows, y: 2 };
  await canvas.hover({ position: at });
  expect(await details(page, "point")).toEqual([{ query: 3, key: 22 }]);
  const text = "output “8” (4) ← input “8” (23): weight 0.931, rank 1 of 23, row entropy 0.50 bits";
  expect(await details(page, "status")).toEqual([{ text }]);
  expect(await page.locator(".status").textContent()).toBe(text);
  await canvas.click({ position: at });
  await page.mouse.move(0, 0);
  expect(await page.locator(".status").textContent()).toBe(text);
  await page.locator(".token").first().focus();
  await page.keyboard.press("Escape");
  expect(await details(page, "pin")).toEqual([{ query: 3, key: 22 }, null]);
  await close();
});

test("it tells what is pointed at, under its name, and when that is nothing any more", async () => {
  const { page, close } = await showView("fovea-ribbons", { map: DATE_MAP, name: "B", lang: "zh-CN" });
  await page.locator(".top .token").nth(9).hover();
  await page.mouse.move(0, 0);
  await expect.poll(() => details(page, "status")).toHaveLength(2);
  const [told, nothing] = await details(page, "status");
  expect(told).toEqual({ text: "B：输出“9”（第 10 个）读取 “9” 0.893、“t” 0.043" });
  expect(nothing).toEqual({ text: "" });
  await close();
});

test("the arrow keys go along the tokens, and down and up along the widest ribbon", async () => {
  const { page, close } = await showView("fovea-ribbons", { map: DATE_MAP });
  await page.locator(".token").nth(0).focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "End", "Enter"])
    await page.keyboard.press(key);
  const places = (await details(page, "point")).filter((detail) => detail !== null);
  expect(places).toEqual([{ query: 0 }, { query: 1 }, { query: 2 }, { key: 21 }, { query: 2 }, { query: 9 }]);
  expect(await details(page, "pin")).toEqual([{ query: 9 }]);
  const token = page.getByRole("button", { pressed: true });
  expect(await token.getAttribute("aria-label")).toBe("output “9” (10) reads “9” 0.893, “t” 0.043");
  await close();
});

test("another view's selection is shown and fires nothing", async () => {
  const { page, close } = await showView("fovea-ribbons", { map: DATE_MAP });
  await set(page, { selection: { key: 22, pinned: true } });
  expect(await page.locator(".bottom .token").nth(22).getAttribute("aria-pressed")).toBe("true");
  await set(page, { selection: { query: 3, key: 22 } });
  expect(await page.locator(".status").textContent()).toContain("weight 0.931");
  await set(page, { selection: {} });
  const all = [await details(page, "point"), await details(page, "pin"), await details(page, "status")];
  expect(all).toEqual([[], [], []]);
  await close();
});

test("heads have colours and numbers of their own and can be switched off", async () => {
  const { page, close } = await showView("fovea-ribbons", { heads: [DATE_MAP, TURNED], mass: 0.5 });
  const colors = () =>
    page.evaluate(() => {
      const canvas = (globalThis as unknown as { part: (selector: string) => HTMLCanvasElement }).part("canvas");
      const context = canvas.getContext("2d") as CanvasRenderingContext2D;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const found = new Set<string>();
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 237) found.add(data.slice(i, i + 3).join());
      return [...found];
    });
  // A colour that is not opaque is stored multiplied by its opacity, and comes back rounded.
  const near = (found: string[], head: number) => {
    const color = SERIES_COLORS[head] as Rgb;
    return found.some((other) =>
      other.split(",").every((part, i) => Math.abs(Number(part) - (color[i] as number)) <= 1),
    );
  };
  expect([near(await colors(), 0), near(await colors(), 1)]).toEqual([true, true]);
  await page.getByRole("button", { name: "head 1", exact: true }).click();
  expect(await page.getByRole("button", { name: "head 1", exact: true }).getAttribute("aria-pressed")).toBe("false");
  expect([near(await colors(), 0), near(await colors(), 1)]).toEqual([false, true]);
  await close();
});

test("heads of other sizes are refused, and no map says so", async () => {
  const { page, close } = await showView("fovea-ribbons", {});
  expect(await page.getByText("No attention to show yet.").isVisible()).toBe(true);
  const other = { rows: ["a"], columns: ["x"], weights: [1] };
  await expect(set(page, { heads: [DATE_MAP, other] })).rejects.toThrow(
    "ribbons: expected heads of 10 × 23 but found 1 × 1 in head 2",
  );
  await close();
});

test.each(LOOKS)("axe finds no serious fault: $name", async ({ options }) => {
  const { page, close } = await showView("fovea-ribbons", { heads: [DATE_MAP, TURNED] }, options);
  await set(page, { selection: { query: 4, pinned: true } });
  await page.locator("summary").click();
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await close();
});
