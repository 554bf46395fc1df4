import { expect, test } from "vitest";
import { rowWeights } from "../../src/views/attention-map.ts";
import { DATE_MAP } from "../../src/views/date-map.fixture.ts";
import { formatWeight } from "../../src/views/number-text.ts";
import { details, get, LOOKS, seriousFaults, set, showView } from "./sequence-views.ts";

const CANDIDATES = DATE_MAP.rows.map((token, row) => [
  { token, probability: 0.9 - row / 100 },
  { token: "x", probability: 0.05 },
  { token: " ", probability: 0.01 },
]);
const SCRUBBER = { map: DATE_MAP, candidates: CANDIDATES, step: 3 };
const EDITABLE = { ...SCRUBBER, editable: true };

test("it shows the numbers of the step: weights, coverage so far, candidates", async () => {
  const { page, close } = await showView("fovea-step-scrubber", SCRUBBER);
  const weights = rowWeights(DATE_MAP, 3);
  const spoken = await page.getByRole("option").evaluateAll((all) => all.map((option) => option.ariaLabel ?? ""));
  expect(spoken).toHaveLength(23);
  for (const [place, text] of spoken.entries()) {
    expect(text).toContain(`(${place + 1}): weight ${formatWeight(weights[place] as number)}, coverage `);
  }
  expect(spoken[22]).toBe("“8” (23): weight 0.931, coverage 0.943");
  const candidates = page.getByRole("list", { name: "What it could write" }).getByRole("listitem");
  const texts = await candidates.evaluateAll((all) =>
    all.map((item) => [...item.children].map((part) => part.textContent).join("|")),
  );
  expect(texts).toEqual(["8||probability 0.870|written", "x||probability 0.050|", "␣||probability 0.010|"]);
  const lefts = await page
    .locator(".number > :last-child")
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().left));
  expect(new Set(lefts).size).toBe(1);
  const slider = page.getByRole("slider");
  expect(await slider.getAttribute("aria-valuetext")).toBe("step 4 of 10, writes “8”, reads “8” (23) most, 0.931");
  await close();
});

test("the slider moves by arrows, page keys, Home and End, and by pointing", async () => {
  const { page, close } = await showView("fovea-step-scrubber", SCRUBBER);
  const slider = page.getByRole("slider");
  await slider.focus();
  for (const key of ["ArrowRight", "ArrowLeft", "ArrowLeft", "End", "ArrowRight", "Home", "PageUp"]) {
    await page.keyboard.press(key);
  }
  expect(await details(page, "step")).toEqual([4, 3, 2, 9, 0, 5].map((step) => ({ step })));
  await page.locator(".tick").nth(7).click();
  expect(await get(page, "step")).toBe(7);
  expect(await slider.getAttribute("aria-valuenow")).toBe("8");
  await set(page, { step: 2 });
  expect(await details(page, "step")).toHaveLength(7);
  await close();
});

test("playing goes to the end and stops there; without movement it is a button to the next step", async () => {
  const { page, close } = await showView("fovea-step-scrubber", { ...SCRUBBER, pace: 20, step: 7 });
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction(() => (globalThis as unknown as { element: { step: number } }).element.step === 9);
  await page.getByRole("button", { name: "Play" }).waitFor();
  expect(await details(page, "step")).toEqual([{ step: 8 }, { step: 9 }]);
  expect(await details(page, "play")).toEqual([{ playing: true }, { playing: false }]);
  await close();
  const still = await showView("fovea-step-scrubber", { ...SCRUBBER, pace: 20 }, { reducedMotion: "reduce" });
  await set(still.page, { playing: true });
  expect(await get(still.page, "playing")).toBe(false);
  await still.page.getByRole("button", { name: "Next step" }).click();
  await still.page.waitForTimeout(100);
  expect(await details(still.page, "step")).toEqual([{ step: 4 }]);
  await still.close();
});

test("a click puts all weight on a character, Shift adds in equal shares, Esc gives it back", async () => {
  const { page, close } = await showView("fovea-step-scrubber", EDITABLE);
  const character = (place: number) => page.locator(".char").nth(place);
  const only = (...places: number[]) =>
    DATE_MAP.columns.map((_, place) => (places.includes(place) ? 1 / places.length : 0));
  await character(4).click();
  await character(5).click({ modifiers: ["Shift"] });
  expect(await character(5).getAttribute("aria-selected")).toBe("true");
  expect(await get(page, "change")).toEqual({ forced: [{ step: 3, weights: only(4, 5) }] });
  await page.keyboard.press("Escape");
  await character(20).hover();
  await page.mouse.down();
  await character(22).hover();
  await page.mouse.up();
  await character(0).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByRole("button", { name: "Back to the model" }).click();
  const weights = [only(4), only(4, 5), undefined, only(20, 21, 22), only(0), only(0, 1), undefined];
  expect(await details(page, "force")).toEqual(weights.map((row) => ({ step: 3, weights: row })));
  expect(await get(page, "change")).toBeUndefined();
  await close();
});

test("who has no Shift key adds by a switch", async () => {
  const { page, close } = await showView("fovea-step-scrubber", EDITABLE, {
    hasTouch: true,
    viewport: { width: 360, height: 800 },
  });
  await page.getByRole("button", { name: "Several" }).tap();
  for (const place of [4, 5, 4]) await page.locator(".char").nth(place).tap();
  const forced = (await details(page, "force")) as { weights: number[] }[];
  expect(forced.map(({ weights }) => weights.flatMap((weight, i) => (weight > 0 ? [i] : [])))).toEqual([
    [4],
    [4, 5],
    [5],
  ]);
  await close();
});

test("another candidate, or any token, is written by mouse or keyboard, and given back", async () => {
  const { page, close } = await showView("fovea-step-scrubber", EDITABLE);
  await page.locator(".option").nth(1).click();
  await page.locator(".option").first().focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Another" }).fill("7");
  await page.keyboard.press("Enter");
  await set(page, { map: { ...DATE_MAP, rows: DATE_MAP.rows.with(3, "7") } });
  expect(await page.getByRole("option", { selected: true }).last().textContent()).toBe("7probability –yours");
  expect(await get(page, "change")).toEqual({ written: [{ step: 3, token: "7" }] });
  await page.getByRole("button", { name: "Back to the model" }).click();
  expect(await details(page, "write")).toEqual(["x", " ", "7", undefined].map((token) => ({ step: 3, token })));
  await close();
});

test("what is not editable tells where one points and what one pins, and changes nothing", async () => {
  const { page, close } = await showView("fovea-step-scrubber", SCRUBBER);
  await page.locator(".char").nth(22).click();
  expect(await details(page, "pin")).toEqual([{ query: 3, key: 22 }]);
  expect(await details(page, "status")).toContainEqual({
    text: "output “8” (4) ← input “8” (23): weight 0.931, rank 1 of 23, row entropy 0.50 bits",
  });
  await page.keyboard.press("Escape");
  await page.mouse.move(0, 0);
  await expect.poll(async () => (await details(page, "status")).at(-1)).toEqual({ text: "" });
  await page.locator(".option").nth(1).click();
  expect([await details(page, "force"), await details(page, "write")]).toEqual([[], []]);
  expect((await details(page, "pin")).at(-1)).toBeNull();
  await close();
});

test("the reader's changes are dropped when the text changes, and kept when only the answer does", async () => {
  const change = { forced: [{ step: 3, weights: DATE_MAP.columns.map((_, i) => (i === 4 ? 1 : 0)) }], masked: [0] };
  const { page, close } = await showView("fovea-step-scrubber", { ...EDITABLE, change });
  expect(await page.locator(".char.painted").count()).toBe(1);
  expect(await page.locator(".char").first().getAttribute("aria-label")).toContain(", masked");
  await set(page, { map: { ...DATE_MAP, rows: DATE_MAP.rows.with(4, "/") } });
  expect(await get(page, "change")).toEqual(change);
  await set(page, { map: { ...DATE_MAP, columns: DATE_MAP.columns.with(0, "T") } });
  expect(await get(page, "change")).toBeUndefined();
  await close();
});

test.each(LOOKS)("axe finds no serious fault: $name", async ({ options }) => {
  const change = { written: [{ step: 3, token: "x" }], masked: [0], forced: [] };
  const { page, close } = await showView("fovea-step-scrubber", { ...EDITABLE, change }, options);
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await close();
});
