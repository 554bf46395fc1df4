/**
 * `npm run bench:studio`: the studio's numbers in real Chromium, printed and written to bench/results/studio.json with the machine
 * and the commit. The built app, served by `fovea studio`: from opening the page to 99 % of the test dates, tasks of the main
 * thread while training, time from a keystroke to the answer on screen, drawing and pointing at a grid of 12 heads of
 * 512 × 512, and the size of the application's own code. Needs Chromium (CHROMIUM_PATH, or where Debian puts it).
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright";
import { commitAndMachine } from "./machine.mjs";

const { values: options } = parseArgs({
  options: { seeds: { type: "string", default: "3" }, results: { type: "string" } },
});
const root = new URL("..", import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), "fovea-bench-studio-"));
const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path && existsSync(path),
);
if (!executablePath) throw new Error("bench: expected Chromium but found none; apt-get install chromium");

const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const rounded = (value) => Number(value.toFixed(2));
const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts `fovea studio` and gives its address. */
async function serve(...args) {
  const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), "studio", "--port", "0", ...args], {
    cwd: scratch,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout) {
    text += chunk;
    const address = /http:\/\/\S+/.exec(text)?.[0];
    if (address) return { address, stop: () => child.kill("SIGINT") };
  }
  throw new Error(`bench: expected fovea studio to print an address but found ${text}`);
}

/** Tasks of the main thread that are longer than 50 ms, as the browser tells of them. */
const WATCH_TASKS = () => {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) globalThis.longTasks.push({ startTime, duration });
  }).observe({ type: "longtask", buffered: true });
};

/** Opens the page, trains with the settings that it offers, and waits for what the test dates say. */
async function train(browser, address, seed) {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(WATCH_TASKS);
  const opened = performance.now();
  await page.goto(`${address}#/train`);
  await page.getByLabel("Seed", { exact: true }).fill(String(seed));
  await page.getByRole("button", { name: "Start" }).click();
  const started = await page.evaluate(() => performance.now());
  await page.locator(".train-result .train-big").waitFor({ timeout: 300_000 });
  const seconds = (performance.now() - opened) / 1000;
  const share = Number.parseFloat(await page.locator(".train-result .train-big").innerText());
  const tasks = await page.evaluate(() => globalThis.longTasks);
  const training = tasks.filter(({ startTime }) => startTime >= started).map(({ duration }) => duration);
  await context.close();
  return {
    seed,
    seconds: rounded(seconds),
    exactMatch: share / 100,
    longestTaskMs: Math.max(0, ...training),
    tasksAbove50Ms: training.length,
  };
}

const TEXTS = ["3 May 1979", "Sat 17 Feb 2024", "the 29th of August 1958", "10/11/1999", "December 1st, 2001"];

/** From the input event of a keystroke to the frame that shows its answer. */
async function type(browser, address) {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  const requested = ["index.html"];
  context.on("request", (request) => requested.push(request.url().slice(address.length).split(/[?#]/)[0]));
  const page = await context.newPage();
  await page.goto(`${address}#/look`);
  await page.waitForFunction(() => document.querySelector("fovea-attention-map")?.map, null, { timeout: 60_000 });
  const code = codeSize(requested.filter((file) => existsSync(join(studio, file))));
  const times = [];
  for (const text of TEXTS) {
    for (let end = 1; end <= text.length; end++) {
      times.push(await page.evaluate(keystroke, text.slice(0, end)));
      await rest(20);
    }
  }
  await context.close();
  return {
    code,
    medianMs: rounded(median(times)),
    p95Ms: rounded(sorted(times)[Math.floor(times.length * 0.95)]),
    keystrokes: times.length,
  };
}

function keystroke(text) {
  const box = document.querySelector("main input");
  box.value = text;
  const start = performance.now();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  return new Promise((resolve, reject) => {
    const look = () => {
      const shown = document.querySelector("fovea-attention-map")?.map?.columns.join("");
      if (shown === text) setTimeout(() => resolve(performance.now() - start));
      else if (performance.now() - start > 5000) reject(new Error(`no answer to ${text}`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

const GRID = { heads: 12, size: 512 };

/** A grid of random heads: from giving it the weights to the next frame; then from a pointer's move to the end of its handling. */
async function grid(browser, address) {
  const draws = [];
  let hovers = [];
  for (let round = 0; round < 7; round++) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(`${address}#/open`);
    await page.waitForFunction(() => customElements.get("fovea-head-grid"));
    draws.push(await page.evaluate(drawGrid, GRID));
    if (round === 0) hovers = await hover(page);
    await page.close();
  }
  return { drawMedianMs: rounded(median(draws)), hoverMedianMs: rounded(median(hovers)), hovers: hovers.length };
}

function drawGrid({ heads, size }) {
  const softmaxRows = () => {
    const weights = new Float32Array(size * size);
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let i = row * size; i < (row + 1) * size; i++) sum += weights[i] = Math.exp(8 * Math.random());
      for (let i = row * size; i < (row + 1) * size; i++) weights[i] /= sum;
    }
    return weights;
  };
  const all = Array.from({ length: heads }, (_, head) => {
    return { label: `head ${head + 1}`, layer: 0, head, weights: softmaxRows(), rows: size, columns: size };
  });
  const tokens = Array.from({ length: size }, (_, i) => `t${i}`);
  const view = document.createElement("fovea-head-grid");
  document.body.replaceChildren(view);
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      const start = performance.now();
      view.tokens = { rows: tokens, columns: tokens };
      view.heads = all;
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
    });
  });
}

async function hover(page) {
  await page.evaluate(() => {
    globalThis.moves = [];
    let start = 0;
    addEventListener("pointermove", () => (start = performance.now()), { capture: true });
    addEventListener("pointermove", () => {
      document.body.getBoundingClientRect();
      globalThis.moves.push(performance.now() - start);
    });
  });
  const box = await page.locator("fovea-head-grid").boundingBox();
  const height = Math.min(700, box.height - 80);
  for (let i = 0; i < 300; i++) {
    await page.mouse.move(box.x + 20 + ((i * 37) % (box.width - 40)), box.y + 60 + ((i * 53) % height));
  }
  return page.evaluate(() => globalThis.moves);
}

const CODE = /\.(js|css|html)$/;
const isRuntime = (file) => /(^|\/)ort[.-]/.test(file);
const studio = join(root, "dist/studio");

/** Kilobytes of scripts, style sheets and the page, gzipped, but for ONNX Runtime's own. */
function kilobytes(files) {
  const own = [...new Set(files)].filter((file) => CODE.test(file) && !isRuntime(file));
  return rounded(own.reduce((sum, file) => sum + gzipSync(readFileSync(join(studio, file))).length, 0) / 1024);
}

/** The application's code: all of it, and what is loaded to look at a model, from `requested`. */
function codeSize(requested) {
  const files = readdirSync(studio, { recursive: true, encoding: "utf8" });
  return { allKb: kilobytes(files), toLookKb: kilobytes(requested) };
}

const results = { ...commitAndMachine(root), date: new Date().toISOString().slice(0, 10) };
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
results.chromium = browser.version();
try {
  const plain = await serve();
  results.grid = await grid(browser, plain.address);
  results.training = [];
  for (let seed = 1; seed <= Number(options.seeds); seed++) {
    results.training.push(await train(browser, plain.address, seed));
    console.log(JSON.stringify(results.training.at(-1)));
  }
  plain.stop();
  const folder = join(scratch, "dates");
  const trained = spawn(
    process.execPath,
    [join(root, "dist/cli/main.js"), "train", "dates", "--out", folder, "--steps", "600"],
    {
      stdio: "ignore",
    },
  );
  await new Promise((resolve) => trained.once("exit", resolve));
  const withModel = await serve(folder);
  const { code, ...typing } = await type(browser, withModel.address);
  Object.assign(results, { typing, code });
  withModel.stop();
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(JSON.stringify(results, null, 2));
const target = options.results ?? join(root, "bench/results/studio.json");
mkdirSync(join(root, "bench/results"), { recursive: true });
writeFileSync(target, `${JSON.stringify(results, null, 2)}\n`);
