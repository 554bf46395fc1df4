import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BrowserContext, chromium, type Page } from "playwright";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Folder } from "../../src/data/folder.ts";
import { nodeFolder } from "../../src/data/node-folder.ts";
import { folderFromZip } from "../../src/data/zip.ts";
import { nodeBackend } from "../../src/runtime/node.ts";
import { Runs } from "../../src/server/runs.ts";
import { openModel } from "../../src/tasks/open-model.ts";
import { TINY } from "../support/dates.ts";
import { chromiumPath } from "./chromium.ts";
import { launchChromium } from "./harness.ts";
import { type RunningStudio, runFovea, startStudio } from "./studio-server.ts";

let folder: string;
let studio: RunningStudio;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fovea-train-"));
  studio = await startStudio(folder);
});

afterAll(async () => {
  await studio.stop();
  rmSync(folder, { recursive: true });
});

/** A browser that has kept nothing yet. */
beforeEach(async () => {
  context = await (await launchChromium()).newContext({ locale: "en-US" });
  page = await context.newPage();
  page.on("dialog", (dialog) => dialog.accept());
  await page.goto(`${studio.url}#/train`);
  return () => context.close();
});

const button = (name: string) => page.getByRole("button", { name });

/** On a machine that is busy with other things, a training takes its time. */
const PATIENCE = 120_000;

type Settings = Readonly<Record<string, string>>;

/** Long enough to get some answers right, and not all. */
const SHORT: Settings = { steps: "160", validateEvery: "80", validationCount: "50", testCount: "400" };

async function fillIn({ steps = "", ...others }: Settings): Promise<void> {
  await page.getByLabel("Steps", { exact: true }).fill(steps);
  await page.getByText("All settings").click();
  for (const [path, value] of Object.entries(others)) await page.getByLabel(path, { exact: true }).fill(value);
}

/** Fills in the settings of a training that is a matter of seconds, and starts it. */
async function start(changes: Settings = {}, base = TINY): Promise<void> {
  await fillIn({ ...base, ...changes });
  await button("Start training").click();
}

/** The text of what has the focus. */
const focused = () => page.evaluate(() => document.activeElement?.textContent);

const finished = () => page.getByRole("region", { name: "The trained model" }).waitFor({ timeout: PATIENCE });

/** Waits until so many steps are taken. */
async function reached(step: number): Promise<void> {
  const isReached = (least: number) => {
    const [, text = "0"] = /Step ([\d,]+) of/.exec(document.body.innerText) ?? [];
    return Number(text.replace(",", "")) >= least;
  };
  await page.waitForFunction(isReached, step, { timeout: PATIENCE });
}

test("a model trained in the page is the folder that the command line reads, and answers alike", async () => {
  await start({}, SHORT);
  await finished();
  const shown = await page.locator(".train-table tbody tr").allInnerTexts();
  const answers = shown.slice(0, 3).map((row) => row.split("\t").slice(0, 2));
  const downloading = page.waitForEvent("download");
  await button("Download model (zip)").click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^dates-\d{4}-\d\d-\d\d\.zip$/);

  const zip = folderFromZip(readFileSync(await download.path()));
  expect(await zip.list()).toEqual([
    "README.md",
    "config.json",
    "events.jsonl",
    "metrics.json",
    "model.safetensors",
    "onnx/model.onnx",
    "report.html",
    "vocab.json",
  ]);
  const model = await openModel(zip, nodeBackend);
  const read: string[][] = [];
  for await (const answer of model.predict(answers.map(([text]) => text as string))) {
    read.push([answer.text, "output" in answer ? answer.output : answer.error]);
  }
  await model.close();
  expect(read).toEqual(answers);

  const disk = nodeFolder(join(folder, "downloaded"));
  for (const name of await zip.list()) await disk.write(name, (await zip.read(name)) as Uint8Array);
  const [run] = await new Runs(folder).list();
  expect(run).toMatchObject({ name: "downloaded", state: "finished", task: "dates" });
  expect(Math.abs(Date.now() - (run?.started ?? 0))).toBeLessThan(15 * 60_000);
  const measured = JSON.parse(await runFovea(["evaluate", "downloaded", "--format", "json"], folder));
  const said = await page.getByText(/ test dates answered right/).innerText();
  const [right = 0, count] = (said.match(/[\d,]+/g) ?? []).map((text) => Number(text.replace(",", "")));
  expect(count).toBe(400);
  expect(right).toBeGreaterThan(0);
  expect(right).toBeLessThan(400);
  expect([measured.overall.right, measured.overall.count]).toEqual([right, count]);
});

test("the command that is copied does the same training", async () => {
  await fillIn(TINY);
  await page.getByLabel("Seed", { exact: true }).fill("5");
  await button("Copy as code").click();
  const command = await page.locator("dialog pre").innerText();
  await page.getByRole("button", { name: "TypeScript" }).click();
  const program = await page.locator("dialog pre").innerText();
  await page.keyboard.press("Escape");
  await button("Start training").click();
  await finished();
  const downloading = page.waitForEvent("download");
  await button("Download model (zip)").click();
  const zip = folderFromZip(readFileSync(await (await downloading).path()));
  const metrics = async (files: Folder) => JSON.parse(new TextDecoder().decode(await files.read("metrics.json")));
  const inPage = await metrics(zip);

  const words = command.replaceAll("\\\n", " ").trim().split(/\s+/);
  expect(words.slice(0, 4)).toEqual(["npx", "fovea", "train", "dates"]);
  await runFovea([...words.slice(2), "--out", "runs/by-command"], folder);
  const byCommand = await metrics(nodeFolder(join(folder, "runs/by-command")));

  mkdirSync(join(folder, "node_modules"));
  symlinkSync(fileURLToPath(new URL("../..", import.meta.url)), join(folder, "node_modules/fovea"));
  writeFileSync(join(folder, "train.mjs"), program.replace('"runs/dates"', '"runs/by-program"'));
  await promisify(execFile)(process.execPath, ["train.mjs"], { cwd: folder });
  const byProgram = await metrics(nodeFolder(join(folder, "runs/by-program")));
  for (const { history } of [byCommand, byProgram]) {
    expect(history.train).toHaveLength(12);
    for (const [i, { step, loss, learningRate }] of history.train.entries()) {
      const wanted = inPage.history.train[i];
      expect([step, learningRate]).toEqual([wanted.step, wanted.learningRate]);
      expect(loss / wanted.loss).toBeCloseTo(1, 4);
    }
  }
});

test("a page that was closed goes on from its checkpoint, and then still has its model", async () => {
  await start({ steps: "4000", validateEvery: "20" });
  await reached(21);
  await page.reload();
  const goOn = button("Go on from step");
  const [step] = /\d+/.exec(await goOn.innerText()) ?? [];
  expect(Number(step)).toBeGreaterThanOrEqual(20);
  await goOn.click();
  await reached(Number(step) + 10);
  await button("Stop now").click();
  await finished();
  await page.reload();
  await finished();
  await button("Look at it").click();
  await page.waitForURL(/#\/look\?model=dates-/);
  await page.locator("fovea-attention-map").first().waitFor();
  const address = page.url();
  await page.reload();
  await page.locator("fovea-attention-map").first().waitFor();
  expect(page.url()).toBe(address);
  // The model is there once, however often one goes to look at it.
  await page.goto(`${studio.url}#/train`);
  await button("Look at it").click();
  await page.waitForURL(address);
  await page.getByRole("link", { name: "Open" }).click();
  const kept = page.getByRole("listitem").filter({ hasText: /dates-\d/ });
  await kept.first().waitFor();
  expect(await kept.count()).toBe(1);
});

test("a trained model stays until another training starts, which asks where it would be lost", async () => {
  await start();
  await finished();
  await button("Train again").click();
  await expect.poll(focused).toBe("Settings");
  await button("Back to the trained model").click();
  await finished();
  await button("Train again").click();
  await button("Start training").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("It was neither downloaded nor looked at, so it would be gone.").waitFor();
  await page.keyboard.press("Escape");
  await page.reload();
  await finished();

  await button("Train again").click();
  await page.getByLabel("Steps", { exact: true }).fill("12");
  await button("Start training").click();
  const downloading = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download model (zip)" }).click();
  await downloading;
  await dialog.getByRole("button", { name: "Replace it" }).click();
  await page.getByText(/Step \d+ of 12/).waitFor();
  expect(await dialog.count()).toBe(0);
});

test("the focus follows the panel that takes the place of the one that had it", async () => {
  await fillIn({ ...TINY, steps: "4000", validateEvery: "20" });
  await button("Start training").focus();
  await page.keyboard.press("Enter");
  await reached(21);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H2");
  await expect.poll(focused).toBe("Training");
  await button("Abort").focus();
  await page.keyboard.press("Enter");
  await button("Go on from step").waitFor();
  await expect.poll(focused).toBe("Settings");
  await button("Discard").focus();
  await page.keyboard.press("Enter");
  await button("Discard").waitFor({ state: "detached" });
  await expect.poll(focused).toBe("Settings");
  // A reader who is elsewhere is left there.
  await button("Start training").click();
  await page.getByRole("link", { name: "Train" }).focus();
  await reached(1);
  await expect.poll(focused).toBe("Train");
});

test("two pages: one trains while the other waits, and each keeps its own", async () => {
  const first = page;
  await start({ steps: "4000", validateEvery: "20" });
  await reached(21);
  const second = await context.newPage();
  second.on("dialog", (dialog) => dialog.accept());
  await second.goto(`${studio.url}#/train`);
  await second.getByText("Another page trains now: what is begun here meanwhile is lost").waitFor();
  await button("Abort").click();
  await button("Go on from step").waitFor();
  // It is said that it may train, now that the first page no longer does.
  await second.getByText("The browser keeps each checkpoint").waitFor();
  page = second;
  await start();
  await finished();
  page = first;
  // The first page's training has been replaced, which is said, and is not taken for its own.
  await button("Go on from step").click();
  await page.getByText("Another page has trained meanwhile: this is what it has left.").waitFor();
  await finished();
  expect(await page.getByText(/Trained in .*, 12 steps/).count()).toBe(1);
});

test("a worker that is gone costs the steps since the checkpoint, and nothing else", async () => {
  await start({ steps: "4000", validateEvery: "20" });
  await reached(21);
  const other = page.workers().find((worker) => worker.url().includes("web-worker-thread"));
  await other?.evaluate(() => self.close());
  const alert = page.getByRole("alert");
  await alert.getByText("The training met a fault.").waitFor();
  expect(await alert.innerText()).toContain("Expected every worker to do its part but found a worker that has ended");
  await button("Go on from step").click();
  await reached(41);
  await button("Stop now").click();
  await finished();
});

test("a training pauses, takes single steps at another learning rate, and goes on while another page is shown", async () => {
  await start({ steps: "4000", validateEvery: "2000" });
  await reached(2);
  await button("Pause").click();
  await page.getByText("Paused").first().waitFor();
  await page.waitForTimeout(300);
  const stepOf = async () => Number((/Step ([\d,]+)/.exec(await page.innerText("main")) ?? [])[1]?.replace(",", ""));
  await button("One step").click();
  await page.waitForTimeout(500);
  const before = await stepOf();
  const rate = async (factor: string) => {
    const text = new RegExp(`× ${factor} → ([\\d.e-]+)`).exec(await page.innerText("main"))?.[1];
    return Number(text);
  };
  /** The learning rate of the last step, as it was told. */
  const told = () => {
    return page
      .locator("fovea-line-chart")
      .last()
      .evaluate((element) => {
        const { chart } = element as unknown as { chart: { curves: { x: number[]; y: number[] }[] } };
        const [{ x, y } = { x: [], y: [] }] = chart.curves;
        return { step: x.at(-1), rate: y.at(-1) as number };
      });
  };
  const [shown, last] = [await rate("1"), await told()];
  expect(shown / last.rate).toBeCloseTo(1, 1);
  await page.getByRole("slider", { name: "Learning rate" }).focus();
  await page.keyboard.press("Home");
  // At once, though no step has been taken with it.
  await expect.poll(() => rate("0.1")).toBeCloseTo(shown / 10, 4);
  await button("One step").click();
  await page.waitForFunction((text) => document.body.innerText.includes(text), `Step ${before + 1} of`);
  await expect.poll(async () => (await told()).step).toBe(before + 1);
  expect((await told()).rate / last.rate).toBeCloseTo(0.1, 1);
  expect((await told()).rate).toBeLessThan(0.2 * last.rate);
  expect((await rate("0.1")) / (await told()).rate).toBeCloseTo(1, 1);
  await button("Go on").click();
  await page.getByRole("link", { name: "Open" }).click();
  await page.waitForTimeout(500);
  await page.getByRole("link", { name: "Train" }).click();
  await reached(before + 3);
});

test("a setting beyond its limits is said, and starts nothing", async () => {
  await page.getByText("All settings").click();
  await page.getByLabel("batch", { exact: true }).fill("0");
  await page.getByText("Expected: 1 – 10,000").waitFor();
  expect(await button("Start training").isDisabled()).toBe(true);
  await button("Reset").click();
  expect(await button("Start training").isEnabled()).toBe(true);
});

const WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

/** Put before the script of the workers: keeps the graphics device where the test can get at it. */
const KEEP_DEVICE = `{
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    return (globalThis.keptDevice = await request.apply(this, args));
  };
}
`;

test("where the graphics device is destroyed, WASM goes on from the step before", async () => {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox", ...WEBGPU] });
  try {
    page = await (await browser.newContext({ locale: "en-US" })).newPage();
    await page.route(/\/worker-[\w-]+\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: KEEP_DEVICE + (await response.text()) });
    });
    await page.goto(`${studio.url}#/train`);
    await button("WebGPU").click();
    await start({ steps: "4000", validateEvery: "1000" });
    await reached(3);
    await page.locator(".badge", { hasText: /^WebGPU$/ }).waitFor();
    for (const worker of page.workers()) {
      await worker.evaluate(() => (globalThis as { keptDevice?: { destroy(): void } }).keptDevice?.destroy());
    }
    const note = page.getByText("Note: Expected the graphics");
    expect(await note.innerText()).toBe(
      "Note: Expected the graphics device to last but found it lost: Device was destroyed; WASM goes on from the step before",
    );
    await page.locator(".badge", { hasText: "WASM × 2" }).waitFor();
    await reached(30);
    expect(await page.getByRole("alert").count()).toBe(0);
    await button("Stop now").click();
    await finished();
  } finally {
    await browser.close();
  }
});
