import { expect, test } from "vitest";
import { sequentialTable, shadeIndex } from "../../src/views/color-table.ts";
import { DATE_MAP } from "../../src/views/date-map.fixture.ts";
import { formatWeight } from "../../src/views/number-text.ts";
import { details, get, LOOKS, seriousFaults, set, showView } from "./sequence-views.ts";

const COLUMNS = DATE_MAP.columns.length;
/** The date map mixed with even rows: sharp at 1, even at 0. */
const formed = (share: number) => ({
  ...DATE_MAP,
  weights: Array.from(DATE_MAP.weights, (weight) => share * weight + (1 - share) / COLUMNS),
});
const PROBES = [0, 0.2, 0.6, 1].map((share, i) => {
  return { step: 100 * (i + 1), maps: [formed(share), formed(share ** 2), formed(share / 2)] };
});

test("the pictures are the maps of the validation that is shown", async () => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES }, { colorScheme: "light" });
  const cells = () =>
    page.evaluate(
      ([rows, columns]) => {
        const { parts, pixel } = globalThis as unknown as {
          parts: (selector: string) => HTMLCanvasElement[];
          pixel: (canvas: HTMLCanvasElement, across: number, down: number) => number[];
        };
        return parts("canvas").map((canvas) =>
          Array.from({ length: rows * columns }, (_, i) =>
            pixel(canvas, ((i % columns) + 0.5) / columns, (Math.floor(i / columns) + 0.5) / rows).slice(0, 3),
          ),
        );
      },
      [DATE_MAP.rows.length, COLUMNS] as const,
    );
  const colors = (place: number) =>
    PROBES[place]?.maps.map(({ weights }) => weights.map((weight) => sequentialTable("light")[shadeIndex(weight)]));
  expect(await cells()).toEqual(colors(3));
  await set(page, { place: 1 });
  expect(await cells()).toEqual(colors(1));
  await close();
});

test("the slider goes over the validations by keys and by pointing, and tells which", async () => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES });
  const slider = page.getByRole("slider", { name: "Validations" });
  await slider.focus();
  for (const key of ["ArrowLeft", "Home", "ArrowRight"]) await page.keyboard.press(key);
  expect(await details(page, "probe")).toEqual([
    { place: 2, step: 300 },
    { place: 0, step: 100 },
    { place: 1, step: 200 },
  ]);
  expect(await slider.getAttribute("aria-valuetext")).toMatch(
    /^step 200, validation 2 of 4, attention spread [\d.]+ %$/,
  );
  await page.locator(".moment").nth(2).click();
  expect(await get(page, "place")).toBe(2);
  await close();
});

test("who watches the latest validation goes on with it, who looked back stays", async () => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES.slice(0, 2) });
  expect(await get(page, "place")).toBe(1);
  await set(page, { probes: PROBES.slice(0, 3) });
  expect(await get(page, "place")).toBe(2);
  await set(page, { place: 0 });
  await set(page, { probes: PROBES });
  expect(await get(page, "place")).toBe(0);
  expect(await details(page, "probe")).toEqual([]);
  await close();
});

test("it plays from the first to the last; without movement it is a button to the next", async () => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES, pace: 20 });
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction(() => (globalThis as unknown as { heard: unknown[] }).heard.length === 4);
  await page.getByRole("button", { name: "Play" }).waitFor();
  expect((await details(page, "probe")).map((detail) => (detail as { place: number }).place)).toEqual([0, 1, 2, 3]);
  await close();
  const still = await showView("fovea-probe-strip", { probes: PROBES, place: 0 }, { reducedMotion: "reduce" });
  await set(still.page, { place: 0 });
  await still.page.getByRole("button", { name: "Next validation" }).click();
  expect(await details(still.page, "probe")).toEqual([{ place: 1, step: 200 }]);
  await still.close();
});

test("pointing at a cell reads its weight", async () => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES });
  const canvas = page.getByRole("img").first();
  const box = (await canvas.boundingBox()) ?? { width: 0, height: 0 };
  await canvas.hover({ position: { x: (22.5 / COLUMNS) * box.width, y: 0.35 * box.height } });
  await expect
    .poll(() => page.locator(".status").textContent())
    .toBe("output “8” (4) ← input “8” (23): weight 0.931, rank 1 of 23, row entropy 0.50 bits");
  await close();
});

test("the arrow keys read the picture that has the focus", async () => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES });
  const pictures = page.getByRole("group");
  await pictures.nth(1).focus();
  expect(await page.locator(".status").getAttribute("aria-live")).toBe("polite");
  for (const key of ["ArrowDown", "ArrowDown", "End"]) await page.keyboard.press(key);
  const sentence = "output “9” (2) ← input “8” (23): weight 0.004, rank 3 of 23, row entropy 1.28 bits";
  await expect.poll(() => page.locator(".status").textContent()).toBe(sentence);
  expect(await page.locator(".mark").evaluateAll((all) => all.map((mark) => (mark as HTMLElement).hidden))).toEqual([
    ...[true, false, true],
  ]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowUp");
  await expect
    .poll(() => page.locator(".status").textContent())
    .toMatch(/^output “9” \(2\) ← input “8” \(23\): weight/);
  await page.keyboard.press("Escape");
  await expect.poll(async () => (await details(page, "status")).at(-1)).toEqual({ text: "" });
  await close();
});

test("the tables have every weight of the validation that is shown", async () => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES });
  await page.getByText("The same as tables").click();
  const tables = page.getByRole("table");
  await expect.poll(() => tables.count()).toBe(3);
  const numbers = (place: number) =>
    PROBES[place]?.maps.map(({ weights }) => weights.map((weight) => formatWeight(weight)));
  const shown = () =>
    tables.evaluateAll((all) =>
      all.map((table) =>
        [...(table as HTMLTableElement).rows]
          .slice(1)
          .flatMap((row) => [...row.cells].slice(1, -1).map((cell) => cell.textContent)),
      ),
    );
  expect(await shown()).toEqual(numbers(3));
  await set(page, { place: 0 });
  expect(await shown()).toEqual(numbers(0));
  await close();
});

test.each([
  [721.6, 3],
  [520.7, 2],
  [330.5, 1],
])("in a width of %s pixels %i pictures stand side by side", async (width, count) => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES });
  await set(page, {});
  await page.evaluate((pixels) => {
    (globalThis as unknown as { element: HTMLElement }).element.style.width = `${pixels}px`;
  }, width);
  const beside = () =>
    page.locator(".panel").evaluateAll((all) => {
      const tops = all.map((panel) => panel.getBoundingClientRect().top);
      return tops.filter((top) => top === tops[0]).length;
    });
  await expect.poll(beside).toBe(count);
  const isCut = await page.locator(".scroll").evaluate((scroll) => scroll.scrollWidth > scroll.clientWidth);
  expect(isCut).toBe(false);
  await close();
});

test("before the first validation it says what will be there", async () => {
  const { page, close } = await showView("fovea-probe-strip", {}, { language: "zh-CN" });
  expect(await page.getByText("第一次验证后，这里会显示所观察的示例如何被读取。").isVisible()).toBe(true);
  await close();
});

test.each(LOOKS)("axe finds no serious fault: $name", async ({ options }) => {
  const { page, close } = await showView("fovea-probe-strip", { probes: PROBES }, options);
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await close();
});
