import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeFolder } from "fovea/node";
import type { Page } from "playwright";
import { expect, test } from "vitest";
import { writeModel } from "../../src/onnx/write.ts";
import { input } from "../../src/tensor/index.ts";
import { train } from "../support/dates.ts";
import { reachable, tabThrough, tabTo } from "./keyboard.ts";
import { openStudio, scratchFolder, shownMap, tinyModel, waitForAnswer } from "./studio-page.ts";
import { finished, reached, startTraining } from "./train-page.ts";

/** The studio without a pointer: everything is reached, seen to be reached, and done. */

/** Tab leads to all there is, shows where it is, and back again; nothing holds it. */
async function expectWalkable(page: Page): Promise<void> {
  await page.evaluate(() => {
    // From the very start, wherever the page has put the focus.
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  const wanted = await reachable(page);
  const stops = await tabThrough(page);
  const met = new Set(stops.map(({ id }) => id));
  expect([...wanted].filter(([id]) => !met.has(id)).map(([, label]) => label)).toEqual([]);
  expect(stops.filter(({ isVisible }) => !isVisible).map(({ label }) => label)).toEqual([]);
  expect(stops.length).toBeGreaterThan(10);
  const back = await tabThrough(page, "Shift+Tab");
  expect(back.map(({ label }) => label)).toEqual(stops.map(({ label }) => label).reverse());
}

/** Goes there by Tab, and presses some keys. */
async function press(page: Page, label: RegExp, ...keys: readonly string[]): Promise<void> {
  await tabTo(page, label);
  for (const key of keys) await page.keyboard.press(key);
}

const hash = (page: Page) => new URL(page.url()).hash;

test("Tab leads through Look with all its views, and back", async () => {
  const { page, faults } = await openStudio({ model: await tinyModel(), hash: "#/look?text=3+May+1979&masked=1" });
  await page.locator("fovea-compare").waitFor();
  await expectWalkable(page);
  expect(faults).toEqual([]);
});

test.each(["train", "open", "runs", "catalogue?find=gumbel"])("Tab leads through %s, and back", async (name) => {
  const runs = scratchFolder();
  if (name === "runs") await train(nodeFolder(join(runs, "first")));
  const { page, faults } = await openStudio({ model: await tinyModel(), hash: `#/${name}`, runs });
  const last = { train: ".train-start", open: ".model-row", runs: "fovea-line-chart", catalogue: "article .stages" };
  await page
    .locator(last[name.replace(/\?.*/, "") as keyof typeof last])
    .first()
    .waitFor();
  await expectWalkable(page);
  expect(faults).toEqual([]);
});

test("Look: a cell is pinned, a step forced, a character masked and written, all of it taken back, a file saved", async () => {
  const { page, faults } = await openStudio({ model: await tinyModel(), hash: "#/look" });
  await waitForAnswer(page, "the 29th of August 1958");
  await press(page, /^input “Text”/, "Control+a");
  await page.keyboard.type("3 May 1979");
  await waitForAnswer(page, "3 May 1979");
  await press(page, /^gridcell/, "Home", "ArrowDown", "ArrowRight", "ArrowRight", "Enter");
  await expect.poll(() => hash(page)).toMatch(/&q=\d&k=2$/);
  await page.keyboard.press("m");
  await expect.poll(() => hash(page)).toContain("masked=2");
  await press(page, /^option .*weight/, "ArrowRight", "Enter");
  await expect.poll(() => hash(page)).toContain("forced=");
  await press(page, /^option .*probability/, "ArrowDown", "Enter");
  await expect.poll(() => hash(page)).toContain("written=");
  await page.locator("fovea-compare").waitFor();
  expect(await page.getByRole("region", { name: "What if?" }).getByRole("listitem").count()).toBe(3);

  await press(page, /^button “Copy as code”/, "Enter");
  await page.getByRole("dialog").waitFor();
  await press(page, /^button “Command line”/, "Space");
  expect(await page.locator("dialog pre").innerText()).toContain("npx fovea explain");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Copy as code");
  await press(page, /^button “Export/, "Enter");
  await page.getByRole("dialog").waitFor();
  const downloading = page.waitForEvent("download");
  await press(page, /^button “Save svg”/, "Enter");
  expect((await downloading).suggestedFilename()).toMatch(/^3-May-1979-.+\.svg$/);
  await page.keyboard.press("Escape");

  await press(page, /^button “Take this change back: .*masked”/, "Enter");
  await expect.poll(() => hash(page)).not.toContain("masked");
  await press(page, /^button “Reset”/, "Enter");
  await page.locator("fovea-compare").waitFor({ state: "detached" });
  expect(hash(page)).not.toMatch(/masked|forced|written/);
  expect(faults).toEqual([]);
});

test("Train: started, paused, a step taken, at another rate, ended, kept and looked at", async () => {
  const { page, faults } = await openStudio({ hash: "#/train" });
  await page.getByRole("button", { name: "Start training" }).waitFor();
  await press(page, /^input “Steps”/, "Control+a");
  await page.keyboard.type("100000");
  await press(page, /^input “Seed”/, "Control+a", "5");
  await press(page, /^button “1”/, "Space");
  await press(page, /^button “WASM”/, "Space");
  await press(page, /^summary “All settings/, "Enter");
  for (const [path, value] of Object.entries({
    batch: "8",
    validateEvery: "4",
    validationCount: "20",
    testCount: "30",
  })) {
    await press(page, new RegExp(`^input “${path}”`), "Control+a");
    await page.keyboard.type(value);
  }
  await press(page, /^button .*Start training”/, "Enter");
  await reached(page, 2);
  await press(page, /^button “Pause”/, "Space");
  await page.getByText("Paused").first().waitFor();
  const steps = async () => {
    const [, step = "0"] = /Step ([\d,]+) of 100,000/.exec(await page.locator("main").innerText()) ?? [];
    return Number(step.replace(",", ""));
  };
  // The first step that is taken by itself tells where the training stands.
  const paused = await steps();
  await press(page, /^button “One step”/, "Enter");
  await expect.poll(steps).toBeGreaterThan(paused);
  await page.waitForTimeout(500);
  const before = await steps();
  await press(page, /^input “Learning rate/, "ArrowLeft", "ArrowLeft");
  await press(page, /^button “One step”/, "Enter");
  await expect.poll(steps).toBe(before + 1);
  expect(await page.locator("main").innerText()).toContain("× 0.79");
  await press(page, /^button “Go on”/, "Space");
  await expect.poll(steps, { timeout: 20_000 }).toBeGreaterThan(before + 1);
  await press(page, /^button “Stop now”/, "Enter");
  await finished(page, 60_000);
  const downloading = page.waitForEvent("download");
  await press(page, /^button “Download model \(zip\)”/, "Enter");
  expect((await downloading).suggestedFilename()).toMatch(/^dates-.*\.zip$/);
  await press(page, /^button “Look at it”/, "Enter");
  await waitForAnswer(page, "the 29th of August 1958");
  expect(faults).toEqual([]);
});

test("a training is aborted, taken up again and thrown away by keys alone", async () => {
  const { page, faults } = await openStudio({ hash: "#/train" });
  await startTraining(page, { steps: "100000" });
  await page.getByText("Attention as it forms").waitFor();
  await press(page, /^button “Abort”/, "Enter");
  await press(page, /^button “Go on from step/, "Enter");
  await press(page, /^button “Abort”/, "Enter");
  await press(page, /^button “Discard”/, "Enter");
  await page.getByRole("button", { name: "Go on from step" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Start training" }).waitFor();
  expect(faults).toEqual([]);
});

test("Catalogue: searched, a query dragged, a problem changed, a card trained and forgotten", async () => {
  const { page, faults } = await openStudio({ hash: "#/catalogue" });
  await page.locator("article").first().waitFor();
  await press(page, /^input “Find a mechanism”/);
  await page.keyboard.type("Luong");
  await expect.poll(() => hash(page)).toBe("#/catalogue?find=Luong");
  const card = page.locator("article").first();
  await card.locator(".stages").waitFor();
  const weights = () => shownMap(page, "article fovea-attention-map").then((map) => map.weights);
  const before = await weights();
  await press(page, /^button “Query .*drag it/, "ArrowUp", "ArrowUp", "ArrowLeft");
  await expect.poll(weights).not.toEqual(before);
  await press(page, /^button “Put the query back”/, "Enter");
  await expect.poll(weights).toEqual(before);
  await press(page, /^button “Train it”/, "Space");
  await card.getByText("trained", { exact: true }).waitFor({ timeout: 120_000 });
  await press(page, /^button “Forget the training”/, "Space");
  await expect.poll(weights).toEqual(before);
  expect(faults).toEqual([]);
});

test("the shell: skipped to the content, tabs, language, theme, help, a file chosen; a head of a graph; a run looked at", async () => {
  const runs = scratchFolder();
  await train(nodeFolder(join(runs, "first")));
  const { page, faults } = await openStudio({ model: await tinyModel(), runs });
  await waitForAnswer(page, "the 29th of August 1958");
  await press(page, /^button “Skip to the content”/, "Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await press(page, /^a “Open”/, "Enter");
  await press(page, /^button “Dark”/, "Space");
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
  await press(page, /^button “中文”/, "Space");
  await expect.poll(() => page.title()).toBe("打开 · Fovea Studio");
  await press(page, /^button “EN”/, "Space");

  const file = join(scratchFolder(), "graph.onnx");
  writeFileSync(file, writeModel({ weights: input("scores", ["batch", 3, 5, 5]).softmax() }));
  const choosing = page.waitForEvent("filechooser");
  await press(page, /^button “Choose a file/, "Enter");
  await (await choosing).setFiles(file);
  await page.locator("fovea-head-grid").waitFor();
  const before = await shownMap(page, "fovea-attention-map");
  await page.keyboard.press(".");
  await expect.poll(() => hash(page)).toContain("head=1");
  await expect.poll(() => shownMap(page, "fovea-attention-map")).not.toEqual(before);

  await press(page, /^a “Runs”/, "Enter");
  await page.getByRole("checkbox").waitFor();
  await press(page, /^input “.*first/, "Space");
  await expect.poll(() => hash(page)).toBe("#/runs?show=");
  await press(page, /^button “.*first”/, "Enter");
  await page.waitForURL(/#\/look\?model=runs%2Ffirst/);
  await waitForAnswer(page, "the 29th of August 1958");
  expect(faults).toEqual([]);
});
