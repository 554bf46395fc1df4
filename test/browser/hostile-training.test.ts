import { type BrowserContext, chromium, type Page } from "playwright";
import { expect, onTestFinished, test } from "vitest";
import { filesFolder } from "../../src/data/index.ts";
import { nodeBackend } from "../../src/runtime/node.ts";
import { openModel } from "../../src/tasks/index.ts";
import { chromiumPath } from "./chromium.ts";
import { openStudio } from "./studio-page.ts";
import { downloadModel, finished, reached, startTraining } from "./train-page.ts";

/** A training whose page is closed, whose worker dies, whose device is taken away: it goes on, to the very same model. */

const SETTINGS = { steps: "240", validateEvery: "80", batch: "48" };

/** On a machine that is busy with other things, a training takes its time. */
const PATIENCE = 120_000;

/** What of a training must not depend on what happened to it meanwhile. */
interface Trained {
  readonly weights: Buffer;
  readonly history: unknown;
  readonly bestStep: number;
}

async function trainedOf(page: Page): Promise<Trained> {
  const files = await downloadModel(page);
  const read = (name: string) => Buffer.from(files.get(`model/${name}`) ?? files.get(name) ?? []);
  const { history, bestStep } = JSON.parse(read("metrics.json").toString());
  return { weights: read("model.safetensors"), history, bestStep };
}

async function expectSame(page: Page, wanted: Trained): Promise<void> {
  const { weights, ...others } = await trainedOf(page);
  expect(others).toEqual({ history: wanted.history, bestStep: wanted.bestStep });
  expect(Buffer.compare(weights, wanted.weights)).toBe(0);
}

let undisturbed: Promise<Trained> | undefined;

/** What the training gives when nothing happens to it. */
function undisturbedTraining(): Promise<Trained> {
  undisturbed ??= (async () => {
    const { page } = await openStudio({ hash: "#/train" });
    await startTraining(page, SETTINGS);
    await finished(page, PATIENCE);
    return trainedOf(page);
  })();
  return undisturbed;
}

/** The worker that serves a page under this name. */
async function workerNamed(page: Page, name: string) {
  for (const worker of page.workers()) if ((await worker.evaluate(() => self.name)) === name) return worker;
  throw new Error(`expected a worker named ${name}`);
}

async function killWorker(page: Page, name: string): Promise<void> {
  await (await workerNamed(page, name)).evaluate(() => {
    setTimeout(() => {
      throw new Error("killed on purpose");
    });
  });
}

const goOn = (page: Page) => page.getByRole("button", { name: "Go on from step" });

test("a page that is reloaded, and then closed, offers to go on, and comes to the very same model", async () => {
  const wanted = await undisturbedTraining();
  const { page, address, faults } = await openStudio({ hash: "#/train" });
  page.on("dialog", (dialog) => dialog.accept());
  await startTraining(page, SETTINGS);
  await reached(page, 85);
  await page.reload();
  await page
    .getByText("A training stands at the checkpoint of step 80 of 240. Steps after it are taken again")
    .waitFor();
  expect(await goOn(page).innerText()).toBe("Go on from step 80");
  await goOn(page).click();
  await reached(page, 165);
  await page.close();

  const later = await page.context().newPage();
  await later.goto(`${address}#/train`);
  await expect.poll(() => goOn(later).innerText(), { timeout: 20_000 }).toBe("Go on from step 160");
  await goOn(later).click();
  await finished(later, PATIENCE);
  await expectSame(later, wanted);
  expect(faults).toEqual([]);
});

test("the training worker dies: it is said, and the training goes on to the very same model", async () => {
  const wanted = await undisturbedTraining();
  const { page, faults } = await openStudio({ hash: "#/train" });
  await startTraining(page, SETTINGS);
  await reached(page, 85);
  await killWorker(page, "training");
  const alert = page.getByRole("alert");
  await alert.getByText("The training met a fault.").waitFor();
  const text = await alert.innerText();
  expect(text).toContain("killed on purpose");
  expect(text).toContain("The checkpoint of step 80 is kept.");
  await goOn(page).click();
  await finished(page, PATIENCE);
  await expectSame(page, wanted);
  expect(faults.filter((line) => !line.includes("killed on purpose"))).toEqual([]);
});

test("the catalogue's worker dies: what it had learned is gone, which is said, and its cards work on", async () => {
  const { page, faults } = await openStudio({ hash: "#/catalogue?m=dot" });
  const card = page.locator("article[data-mechanism=dot]");
  await card.locator(".stages").waitFor();
  const status = () => card.getByRole("status").innerText();
  await card.getByRole("button", { name: "Train it" }).click();
  await expect.poll(status, { timeout: PATIENCE }).toBe("trained");
  await killWorker(page, "catalogue");
  await page.getByText("A background worker ended unexpectedly and was started anew").waitFor();
  await expect.poll(status).toContain("not trained yet");
  const weights = () => card.locator(".stages tbody").innerText();
  const before = await weights();
  await card.locator(".query").first().focus();
  await page.keyboard.press("ArrowUp");
  await expect.poll(weights).not.toBe(before);
  expect(faults.filter((line) => !line.includes("killed on purpose"))).toEqual([]);
});

const WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

/** Put before the script of the workers: keeps the graphics device where the test can get at it, or destroys it at once. */
const keepDevice = (isDoomed: boolean) => `{
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...args) {
    const device = await request.apply(this, args);
    if (${isDoomed}) device.destroy();
    return (globalThis.keptDevice = device);
  };
}
`;

/** The studio in a Chromium with WebGPU, by software. */
async function openWithWebGpu(isDoomed: boolean): Promise<Page> {
  const { address } = await openStudio();
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox", ...WEBGPU] });
  onTestFinished(() => browser.close());
  const context: BrowserContext = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.route(/\/worker-[\w-]+\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: keepDevice(isDoomed) + (await response.text()) });
  });
  await page.goto(`${address}#/train`);
  await page.getByRole("button", { name: "WebGPU" }).click();
  return page;
}

test.each([
  { when: "before the first step", isDoomed: true },
  { when: "under way", isDoomed: false },
])("a graphics device that is destroyed $when: it is said, and every step is taken", async ({ isDoomed }) => {
  const page = await openWithWebGpu(isDoomed);
  await startTraining(page, { steps: "60", validateEvery: "20" });
  if (!isDoomed) {
    await reached(page, 3);
    await page.locator(".badge", { hasText: /^WebGPU$/ }).waitFor();
    const worker = await workerNamed(page, "training");
    await worker.evaluate(() => (globalThis as unknown as { keptDevice: { destroy(): void } }).keptDevice.destroy());
  }
  await finished(page, PATIENCE);
  expect(await page.getByText("Note: Expected the graphics").innerText()).toBe(
    "Note: Expected the graphics device to last but found it lost: Device was destroyed; WASM goes on from the step before",
  );
  expect(await page.getByRole("alert").count()).toBe(0);
  const files = await downloadModel(page);
  const model = new Map([...files].map(([name, bytes]) => [name.replace(/^model\//, ""), bytes]));
  const { history } = JSON.parse(Buffer.from(model.get("metrics.json") ?? []).toString());
  expect(history.validation.map(({ step }: { step: number }) => step)).toEqual([20, 40, 60]);
  expect(history.train.at(-1).step).toBe(60);
  expect(history.train.every(({ loss }: { loss: number }) => Number.isFinite(loss))).toBe(true);
  const shown = await page.locator(".train-table tbody tr").first().innerText();
  const [text = "", output] = shown.split("\t");
  const opened = await openModel(filesFolder(model), nodeBackend);
  const { prediction } = await opened.explain(text);
  await opened.close();
  expect(prediction.output).toBe(output);
});
