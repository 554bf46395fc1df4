import type { Page } from "playwright";
import { expect, test } from "vitest";
import { type Rgb, shadeIndex, WHITE_TO_BLUE } from "../../src/views/color-table.ts";
import type { FoveaAttentionMap } from "../../src/views/elements/attention-map.ts";
import type { FoveaHeadGrid } from "../../src/views/elements/head-grid.ts";
import type { Head } from "../../src/views/elements/head-grid-data.ts";
import { seriousFaults } from "./accessibility.ts";
import { type OpenPage, openPage, type PageOptions } from "./harness.ts";

/** What `pages/head-grid.ts` lays out, for code that runs in the page. */
declare const element: FoveaHeadGrid;
declare const heard: readonly { name: string; detail: unknown }[];
declare const inside: (selector: string) => HTMLElement[];
declare const pixelsOf: (head: number) => string[];
declare const heads: readonly Head[];

const ENTRY = new URL("./pages/head-grid.ts", import.meta.url);

function openGrid(options: PageOptions = {}): Promise<OpenPage> {
  return openPage(ENTRY, { viewport: { width: 760, height: 900 }, ...options });
}

const texts = (page: Page, selector: string) =>
  page.evaluate((at) => inside(at).map((found) => found.textContent), selector);

function details(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate((wanted) => heard.filter((event) => event.name === wanted).map(({ detail }) => detail), name);
}

test("each small map has the colours of its weights, and each head its number and its badges with their scores", async () => {
  const { page, close } = await openGrid();
  for (const head of [0, 1, 2]) {
    const weights = await page.evaluate((index) => Array.from(heads[index]?.weights ?? []), head);
    const expected = weights.map((weight) => (WHITE_TO_BLUE[shadeIndex(weight)] as Rgb).join());
    expect(await page.evaluate((index) => pixelsOf(index), head)).toEqual(expected);
  }
  expect(await texts(page, ".name span")).toEqual([
    ...["1.1 previous", "1.2 even", "1.3 separators", "1.4 first", "1.5 diagonal"],
    ...["2.1 previous", "2.2 even", "2.3 separators", "2.4 first"],
  ]);
  expect((await texts(page, ".badges")).slice(0, 5)).toEqual([
    "previous token 1.00",
    "uniform 1.00broad 1.00",
    "separator sink 1.00",
    "first-token sink 1.00",
    "diagonal 1.00",
  ]);
  await close();
});

test("heads beyond the seven colours are dashed", async () => {
  const { page, close } = await openGrid();
  const swatches = await page.evaluate(() =>
    inside(".swatch").map(({ style }) => `${style.borderTopColor} ${style.borderTopStyle}`),
  );
  expect(new Set(swatches).size).toBe(9);
  expect(swatches[0]?.split(") ")[0]).toBe(swatches[7]?.split(") ")[0]);
  expect([swatches[6], swatches[7]].map((swatch) => swatch?.split(") ")[1])).toEqual(["solid", "dashed"]);
  await close();
});

test("pointing at a cell marks it in all heads and says what it is", async () => {
  const { page, close } = await openGrid();
  const box = await page.locator(".picture").nth(3).boundingBox();
  if (!box) throw new Error("the fourth head is not drawn");
  await page.mouse.move(box.x + (box.width * 0.5) / 9, box.y + (box.height * 2.5) / 9);
  const sentence = "1.4 first: query “cat” (3) ← key “<s>” (1): weight 1.000, rank 1 of 9, row entropy 0.00 bits";
  expect(await texts(page, ".status")).toContain(sentence);
  expect(await details(page, "point")).toEqual([{ query: 2, key: 0, head: 3 }]);
  expect(await details(page, "status")).toEqual([{ text: sentence }]);
  expect(await page.evaluate(() => inside(".heads .across").filter((mark) => !mark.hidden).length)).toBe(9);
  await page.mouse.move(2, 2);
  expect((await details(page, "point")).at(-1)).toBeNull();
  expect(await details(page, "status")).toEqual([{ text: sentence }, { text: "" }]);
  await page.evaluate(() => {
    element.selection = { query: 4 };
  });
  const hidden = (selector: string) => page.evaluate((at) => inside(at).every((mark) => mark.hidden), selector);
  expect([await hidden(".heads .across"), await hidden(".heads .down")]).toEqual([false, true]);
  expect(await details(page, "point")).toHaveLength(2);
  await close();
});

test("the sentence stays above what the page has at its bottom", async () => {
  const { page, close } = await openGrid({ viewport: { width: 360, height: 500 } });
  const gap = async () => {
    const box = await page
      .locator(".status")
      .first()
      .evaluate((status) => status.getBoundingClientRect().bottom);
    return 500 - box;
  };
  expect(await gap()).toBe(0);
  await page.evaluate(() => document.documentElement.style.setProperty("--fovea-bottom", "40px"));
  expect(await gap()).toBe(40);
  await close();
});

test("heads are sorted by entropy and by distance", async () => {
  const { page, close } = await openGrid();
  const order = async () => (await texts(page, ".name span")).map((name) => name?.slice(0, 3));
  await page.getByLabel("Sort by").selectOption("entropy");
  expect(await order()).toEqual(["1.1", "1.4", "1.5", "2.1", "2.4", "1.3", "2.3", "1.2", "2.2"]);
  await page.getByLabel("Sort by").selectOption("distance");
  expect(await order()).toEqual(["1.5", "1.1", "2.1", "1.2", "2.2", "1.3", "2.3", "1.4", "2.4"]);
  await page.getByRole("option", { name: "2.1" }).click();
  expect(await details(page, "head")).toEqual([{ index: 5 }]);
  expect(await page.getByRole("option", { selected: true }).locator(".name").textContent()).toBe("2.1 previous");
  await close();
});

test("by keyboard: arrows walk, Enter chooses, Shift + Enter shows alone, Esc goes back", async () => {
  const { page, close } = await openGrid();
  await page.locator(".heads .head").first().focus();
  const focused = () =>
    page.evaluate(() => element.shadowRoot?.activeElement?.querySelector(".name")?.textContent ?? "nothing");
  for (const [key, name] of [
    ["ArrowRight", "1.2 even"],
    ["ArrowDown", "2.1 previous"],
    ["Home", "1.1 previous"],
    ["End", "2.4 first"],
    ["ArrowLeft", "2.3 separators"],
  ] as const) {
    await page.keyboard.press(key);
    expect(await focused(), key).toBe(name);
  }
  await page.keyboard.press("Enter");
  expect(await details(page, "head")).toEqual([{ index: 7 }]);
  await page.keyboard.press("Shift+Enter");
  expect(await details(page, "alone")).toEqual([{ index: 7 }]);
  const map = page.locator("fovea-attention-map");
  const shown = await map.evaluate((found) => Array.from((found as FoveaAttentionMap).cells.weights));
  expect(shown).toEqual(await page.evaluate(() => Array.from(heads[7]?.weights ?? [])));
  await page.keyboard.press("Escape");
  expect(await details(page, "alone")).toEqual([{ index: 7 }, null]);
  expect(await focused()).toBe("2.3 separators");
  await close();
});

test("a double-click shows a head alone, with the score of every badge, and the button goes back", async () => {
  const { page, close } = await openGrid();
  await page.locator(".heads .head").nth(2).dblclick();
  expect(await details(page, "alone")).toEqual([{ index: 2 }]);
  expect(await texts(page, ".alone > .badges .badge")).toHaveLength(7);
  expect(await page.locator("fovea-attention-map").isVisible()).toBe(true);
  await page.getByRole("button", { name: "← All heads" }).click();
  expect(await page.locator("fovea-attention-map").isVisible()).toBe(false);
  await close();
});

test.each([
  { name: "light, English, wide", options: {} },
  {
    name: "dark, Chinese, a phone's width",
    options: { colorScheme: "dark", language: "zh-CN", viewport: { width: 360, height: 700 } },
  },
] as const)("axe finds no serious fault and nothing overflows: $name", async ({ options }) => {
  const { page, close } = await openGrid(options);
  if ("language" in options) {
    await page.evaluate(() => {
      Object.assign(document.body.style, { background: "#12161c", color: "#fff" });
    });
    expect((await texts(page, ".badges"))[0]).toBe("前一词元 1.00");
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await seriousFaults(page)).toEqual([]);
  await page.locator(".heads .head").first().dblclick();
  expect(await seriousFaults(page)).toEqual([]);
  await close();
});
