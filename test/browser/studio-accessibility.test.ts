import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeFolder } from "fovea/node";
import type { Page } from "playwright";
import { expect, test } from "vitest";
import { writeModel } from "../../src/onnx/write.ts";
import { input } from "../../src/tensor/index.ts";
import { train } from "../support/dates.ts";
import { seriousFaults } from "./accessibility.ts";
import { openStudio, scratchFolder, tinyModel, waitForAnswer } from "./studio-page.ts";
import { finished, reached, startTraining } from "./train-page.ts";

/** Each page in each of its states, for those who see little, hear the page, or have a narrow one. */

const WIDE = { width: 1280, height: 800 };
/** Without transitions: half-way colours are no fault. */
const STILL = { viewport: WIDE, reducedMotion: "reduce" } as const;
const PHONE = { width: 360, height: 740 };

/** Looks at the page as it is, in light; in dark on a phone; and in Chinese on a phone. */
async function expectAccessible(page: Page): Promise<void> {
  const language = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const isOpen = (await page.locator("dialog[open]").count()) > 0;
  expect(await seriousFaults(page), "light").toEqual([]);
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: "dark" });
  await expectNarrow(page);
  expect(await seriousFaults(page), "dark, on a phone").toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  // A dialog keeps the language out of reach.
  if (!isOpen) {
    await language("中文");
    await expectNarrow(page);
    expect(await seriousFaults(page), "Chinese, on a phone").toEqual([]);
    await language("EN");
  }
  await page.setViewportSize(WIDE);
}

/** Nothing sticks out to the side, once all has been drawn anew. */
async function expectNarrow(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);
}

function graphFile(): string {
  const file = join(scratchFolder(), "graph.onnx");
  writeFileSync(file, writeModel({ weights: input("scores", ["batch", 3, 5, 5]).softmax() }));
  return file;
}

test("Look: empty, with a model, with a comparison, with a text that is refused, with each dialog", async () => {
  const { page, address, faults } = await openStudio({ model: await tinyModel(), ...STILL });
  await waitForAnswer(page, "the 29th of August 1958");
  await expectAccessible(page);
  for (const key of ["e", "?"]) {
    await page.keyboard.press(key);
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
  }
  await page.getByRole("button", { name: "Copy as code" }).click();
  await page.getByRole("dialog").waitFor();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByLabel("Text", { exact: true }).fill("a text that is longer than thirty characters");
  await page.locator(".fault").waitFor();
  await expectAccessible(page);
  await page.goto(`${address}#/look?text=3+May+1979&masked=1&forced=0:4&written=9:7&view=table&q=1&k=2`);
  await page.locator("fovea-compare").waitFor();
  await expectAccessible(page);
  await page.goto(`${address}#/look?model=gone&nonsense=1`);
  await page.locator(".ways").waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("Look at a graph, and Open: with models, and with a fault", async () => {
  const { page, faults } = await openStudio({ hash: "#/open", ...STILL });
  const pick = (file: string) => page.locator("input[type=file]").first().setInputFiles(file);
  await page.getByText("None yet.").waitFor();
  await expectAccessible(page);
  const letter = join(scratchFolder(), "letter.zip");
  writeFileSync(letter, "Dear model");
  await pick(letter);
  await page.locator(".fault").waitFor();
  await expectAccessible(page);
  await pick(graphFile());
  await page.locator("#head-map").waitFor();
  await expectAccessible(page);
  await page.getByRole("navigation").getByRole("link", { name: "Open" }).click();
  await page.locator(".model-row").waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("Train: idle, with all settings and a wrong one, running, paused, stopped, finished", async () => {
  const { page, faults } = await openStudio({ hash: "#/train", ...STILL });
  const start = page.getByRole("button", { name: "Start training" });
  await start.waitFor();
  await expectAccessible(page);
  await page.getByLabel("Seed", { exact: true }).fill("-1");
  await page.getByText("All settings").click();
  await expectAccessible(page);
  await page.getByLabel("Seed", { exact: true }).fill("1");
  await page.getByText("All settings").click();
  await startTraining(page, { steps: "100000", validateEvery: "5" });
  await reached(page, 6);
  await page.getByText("Attention as it forms").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Go on" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Abort" }).click();
  await page.getByRole("button", { name: "Go on from step" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Go on from step" }).click();
  await page.getByRole("button", { name: "Stop now" }).click();
  await finished(page);
  await page.getByText("By format").click();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("Catalogue: all cards, a few found, none found, and a link to one", async () => {
  const { page, faults } = await openStudio({ hash: "#/catalogue?find=gumbel", ...STILL });
  const card = page.locator("article");
  await card.locator(".stages").first().waitFor();
  await card.first().getByText("All queries of the problem").click();
  await expectAccessible(page);
  await page.getByRole("searchbox").fill("");
  await expect.poll(() => card.count()).toBeGreaterThan(20);
  await card.nth(2).scrollIntoViewIfNeeded();
  await card.nth(2).locator(".stages").waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole("searchbox").fill("no such thing");
  await page.getByText("No mechanism is called").waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});

test("Runs: none, and two of them with their curves", async () => {
  const runs = scratchFolder();
  const { page, faults } = await openStudio({ hash: "#/runs", runs, ...STILL });
  await page.getByText("npx fovea train dates").waitFor();
  await expectAccessible(page);
  for (const name of ["first", "second"]) await train(nodeFolder(join(runs, name)));
  await page.reload();
  await page.getByRole("row").nth(2).waitFor();
  for (const box of await page.getByRole("checkbox").all()) await box.check();
  await page.locator("fovea-line-chart").first().waitFor();
  await expectAccessible(page);
  expect(faults).toEqual([]);
});
