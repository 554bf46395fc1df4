import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { expect, test } from "vitest";
import { nodeFolder } from "../../src/data/node-folder.ts";
import { zipFolder } from "../../src/data/zip.ts";
import { nodeBackend } from "../../src/runtime/node.ts";
import { type Change, type OpenModel, openModel } from "../../src/tasks/index.ts";
import { seriousFaults } from "./accessibility.ts";
import { openStudio, scratchFolder, shownMap } from "./studio-page.ts";
import { textModel } from "./text-models.ts";

/** Models that read and write words: rows and columns are tokens, and what is written changes what follows. */

const TEXT = "ein Hund läuft 3.";
const asked = (text: string, more = "") => `#/look?text=${encodeURIComponent(text)}${more}`;

async function withModel<T>(folder: string, use: (model: OpenModel) => Promise<T>): Promise<T> {
  const model = await openModel(nodeFolder(folder), nodeBackend);
  try {
    return await use(model);
  } finally {
    await model.close();
  }
}

const explain = (folder: string, text: string, change?: Change) => {
  return withModel(folder, (model) => model.explain(text, change));
};

/** Waits until a map of so many columns is there. */
async function shown(page: Page, columns: readonly string[]): Promise<void> {
  await expect.poll(async () => (await shownMap(page, "fovea-attention-map")).columns).toEqual(columns);
}

function expectNear(found: readonly number[], wanted: ArrayLike<number>): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, weight] of found.entries()) expect(weight).toBeCloseTo(wanted[i] as number, 4);
}

test("a translator is shown by its words, and a word that is written or masked changes what follows", async () => {
  const folder = await textModel("translate");
  const { page, faults } = await openStudio({ model: folder, hash: asked(TEXT) });
  await page.locator("fovea-attention-map").waitFor();
  const a = await explain(folder, TEXT);
  await shown(page, a.map.columns);
  expectNear((await shownMap(page, "fovea-attention-map")).weights, a.map.weights);
  expect(await page.locator(".answer").textContent()).toBe(a.prediction.output);
  expect(await page.getByText("certain", { exact: false }).count()).toBe(0);

  const change: Change = { masked: [1], written: [{ step: 0, token: "HUND" }] };
  await page.goto(page.url().replace(/#.*/, asked(TEXT, "&masked=1&written=0:HUND")));
  await page.locator("fovea-compare").waitFor();
  const b = await explain(folder, TEXT, change);
  expect((await shownMap(page, "fovea-compare", "b")).rows).toEqual(b.map.rows);
  expectNear((await shownMap(page, "fovea-compare", "b")).weights, b.map.weights);
  expect(await page.locator(".answer").nth(1).textContent()).toBe(b.prediction.output);
  await page.getByText("“Hund” (2) masked").waitFor();
  // A token of the vocabulary is written; another one is refused, in words.
  const scrubber = page.locator("fovea-step-scrubber");
  await scrubber.getByRole("textbox").fill("zebra");
  await scrubber.getByRole("button", { name: "Write" }).click();
  await page.getByText('Expected a token of the vocabulary at step 1 but found "zebra"').waitFor();
  expect(faults).toEqual([]);
});

test("right-to-left and Chinese text is drawn by its own direction, on a phone and in Chinese, too", async () => {
  const folder = await textModel("translate");
  const text = "שלום עולם 你好";
  const { page, faults } = await openStudio({ model: folder, hash: asked(text), reducedMotion: "reduce" });
  await page.locator("fovea-attention-map").waitFor();
  const { map } = await explain(folder, text);
  await shown(page, map.columns);
  const box = page.getByLabel("Text", { exact: true });
  expect(await box.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
  const labels = page.locator("fovea-attention-map [role=columnheader]");
  expect(await labels.evaluateAll((all) => all.map((label) => label.getAttribute("dir")))).toEqual(
    map.columns.map(() => "auto"),
  );
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await page.getByText("这张图可信吗？").waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
});

test("a classifier has one row, its labels as candidates, and says how true its map is", async () => {
  const folder = await textModel("classify");
  const text = "a good film number 4";
  const { page, faults } = await openStudio({ model: folder, hash: asked(text) });
  await page.locator("fovea-attention-map").waitFor();
  const { prediction, map } = await explain(folder, text);
  await shown(page, map.columns);
  expect((await shownMap(page, "fovea-attention-map")).rows).toEqual([prediction.output]);
  const candidates = await page.locator("fovea-step-scrubber").evaluate((element) => {
    return (element as unknown as { candidates: { token: string }[][] }).candidates[0]?.map(({ token }) => token);
  });
  expect([...(candidates ?? [])].sort()).toEqual(["negative", "positive"]);
  await page.getByRole("button", { name: "Measure it" }).click();
  const found = await withModel(folder, async (model) => model.faithfulness?.(text));
  const told = await page.locator(".faithfulness-numbers").innerText();
  const kendall = found?.kendall === undefined ? "–" : found.kendall.toFixed(2).replace("-", "−");
  expect(told).toContain(`Kendall τ ${kendall}`);
  const other = prediction.output === "positive" ? "negative" : "positive";
  await page.goto(page.url().replace(/#.*/, asked(text, `&written=0:${other}`)));
  await page.getByText("Another label changes nothing but the answer").waitFor();
  expect(await page.locator(".answer").nth(1).textContent()).toBe(other);
  expect(faults).toEqual([]);
});

test.each(["zip", "folder", "address"])("a translator is opened by its %s", async (kind) => {
  const folder = await textModel("translate");
  const { page, address, faults } = await openStudio({
    hash: "#/open",
    ...(kind === "address" ? { model: folder } : {}),
  });
  if (kind === "zip") {
    const file = join(scratchFolder(), "mine.zip");
    writeFileSync(file, await zipFolder(nodeFolder(folder)));
    await page.locator("input[type=file]").first().setInputFiles(file);
  } else if (kind === "folder") await page.locator("input[type=file]").nth(1).setInputFiles(folder);
  else await page.goto(`${address}?url=model/#/open`);
  await page.waitForURL(/#\/look\?model=/);
  await page.getByLabel("Text", { exact: true }).fill(TEXT);
  await page.locator("fovea-attention-map").waitFor();
  const { map } = await explain(folder, TEXT);
  await shown(page, map.columns);
  expect(faults).toEqual([]);
});
