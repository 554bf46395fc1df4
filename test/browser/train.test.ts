import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { nodeFolder } from "../../src/data/node-folder.ts";
import { folderFromZip } from "../../src/data/zip.ts";
import { nodeBackend } from "../../src/runtime/node.ts";
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

/** Fills in the settings of a training that is a matter of seconds, and starts it. */
async function start(changes: Readonly<Record<string, string>> = {}): Promise<void> {
  const { steps, ...others } = { ...TINY, ...changes };
  await page.getByLabel("Steps", { exact: true }).fill(steps as string);
  await page.getByText("All settings").click();
  for (const [path, value] of Object.entries(others)) await page.getByLabel(path, { exact: true }).fill(value);
  await button("Start training").click();
}

const finished = () => page.getByRole("region", { name: "The trained model" }).waitFor();

/** Waits until so many steps are taken. */
async function reached(step: number): Promise<void> {
  const isReached = (least: number) => {
    const [, text = "0"] = /Step ([\d,]+) of/.exec(document.body.innerText) ?? [];
    return Number(text.replace(",", "")) >= least;
  };
  await page.waitForFunction(isReached, step);
}

test("a model trained in the page is the folder that the command line reads, and answers alike", async () => {
  await start();
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
  const measured = JSON.parse(await runFovea(["evaluate", "downloaded", "--format", "json"], folder));
  const [big] = /[\d.]+(?= %)/.exec(await page.locator(".train-big").innerText()) ?? [];
  expect(100 * measured.overall.share).toBeCloseTo(Number(big), 0);
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
});

test("a worker that is gone costs the steps since the checkpoint, and nothing else", async () => {
  await start({ steps: "4000", validateEvery: "20" });
  await reached(21);
  const other = page.workers().find((worker) => worker.url().includes("web-worker-thread"));
  await other?.evaluate(() => self.close());
  const alert = page.getByRole("alert");
  await alert.getByText("The training met a fault.").waitFor();
  expect(await alert.innerText()).toContain(
    "workers: expected every worker to do its part but found: a worker that has ended",
  );
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
  await page.getByRole("slider", { name: "Learning rate" }).focus();
  await page.keyboard.press("Home");
  await button("One step").click();
  await page.waitForFunction((text) => document.body.innerText.includes(text), `Step ${before + 1} of`);
  expect(await page.innerText("main")).toMatch(/× 0\.1 → 0\.00/);
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
    const note = page.getByText("Note: webgpu");
    expect(await note.innerText()).toBe(
      "Note: webgpu: expected the graphics device to last but found it lost: Device was destroyed; WASM goes on from the step before",
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
