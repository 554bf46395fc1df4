/**
 * Draws the studio's pictures for the documents: the built app, served by `fovea studio`, in the tests' Chromium. Trains a model
 * first, or takes the folder of one; names behind it draw only those pictures. Needs `npm run build`.
 *
 *     node scripts/draw-studio.mjs
 *     node scripts/draw-studio.mjs runs/dates look phone
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const CLI = join(ROOT, "dist", "cli", "main.js");
const IMAGES = join(ROOT, "docs", "images");
const TEXT = "the 29th of August 1958";
const ANSWER = "1958-08-29";
const QUICK = ["--steps", "400", "--set", "validateEvery=50", "--set", "testCount=1000"];
const SECONDS_TO_WAIT = 120;
const MOST_BYTES = 160_000;

const scratch = mkdtempSync(join(tmpdir(), "fovea-draw-studio-"));
const [given, ...wanted] = process.argv.slice(2);

/** Each picture: how its page is opened, what is done there, and what is cut out. */
const PICTURES = {
  look: {
    hash: `#/look?text=${encodeURIComponent(TEXT)}`,
    size: { width: 1180, height: 1000 },
    async prepare(page) {
      await waitForAnswer(page);
      await pinMonth(page);
    },
  },
  ribbons: {
    hash: `#/look?text=${encodeURIComponent(TEXT)}`,
    size: { width: 1180, height: 1800 },
    async prepare(page) {
      await waitForAnswer(page);
      await pinMonth(page);
    },
    from: "section:has(fovea-ribbons)",
    to: "section:has(fovea-ribbons)",
  },
  "what-if": {
    hash: `#/look?text=${encodeURIComponent(TEXT)}&masked=4~5`,
    size: { width: 1180, height: 1300 },
    prepare: async (page) => page.locator("fovea-compare").waitFor(),
    from: ".ask",
    to: "#compare",
    without: ".look-columns", // they are in the first picture
  },
  chinese: {
    hash: `#/look?text=${encodeURIComponent(TEXT)}`,
    size: { width: 1180, height: 860 },
    options: { locale: "zh-CN", colorScheme: "dark" },
    async prepare(page) {
      await waitForAnswer(page);
      await pinMonth(page);
    },
  },
  train: {
    hash: "#/train",
    size: { width: 1180, height: 1180 },
    async prepare(page) {
      await page.getByRole("button", { name: "Start training" }).click();
      await page.waitForFunction(() => document.querySelector("fovea-probe-strip")?.probes?.length >= 4);
    },
  },
  runs: {
    hash: "#/runs?show=dates,slower",
    size: { width: 1180, height: 1400 },
    needsRuns: true,
    async prepare(page) {
      await page.locator("fovea-line-chart").first().waitFor();
      await page.waitForTimeout(1500);
    },
    from: "main h1",
    to: "main fovea-line-chart >> nth=1",
  },
  catalogue: {
    hash: "#/catalogue?m=additive",
    size: { width: 1180, height: 1300 },
    async prepare(page) {
      const card = page.locator('[data-mechanism="additive"]');
      await card.getByRole("button", { name: "Train it" }).click();
      await card.getByRole("status").getByText("trained", { exact: true }).waitFor();
    },
    from: '[data-mechanism="additive"]',
    to: '[data-mechanism="additive"]',
  },
  phone: {
    hash: `#/look?text=${encodeURIComponent(TEXT)}`,
    size: { width: 390, height: 844 },
    prepare: waitForAnswer,
  },
};

/** The page shows how the text was read, and reads it rightly. */
async function waitForAnswer(page) {
  await page.locator(".answer").getByText(ANSWER).waitFor();
  await page.waitForFunction((columns) => {
    return document.querySelector("fovea-attention-map")?.map?.columns.length === columns;
  }, TEXT.length);
}

/** Pins where the month looks most. */
async function pinMonth(page) {
  await page.evaluate((columns) => {
    const { weights } = document.querySelector("fovea-attention-map").map;
    const row = Array.from(weights).slice(5 * columns, 6 * columns);
    location.hash += `&q=5&k=${row.indexOf(Math.max(...row))}`;
  }, TEXT.length);
  await page.waitForFunction(() => document.querySelector("fovea-attention-map").selection?.pinned);
}

function fovea(args) {
  execFileSync(process.execPath, [CLI, ...args], { cwd: scratch, stdio: ["ignore", "ignore", "inherit"] });
}

/** The model, as `runs/dates` of the scratch folder. */
function makeModel() {
  const folder = join(scratch, "runs", "dates");
  if (given) cpSync(resolve(given), folder, { recursive: true });
  else fovea(["train", "dates", "--out", "runs/dates"]);
}

/** `fovea studio`, once it has told its address. */
function serve() {
  const program = spawn(process.execPath, [CLI, "studio", "runs/dates", "--port", "0"], { cwd: scratch });
  const address = new Promise((done, fail) => {
    program.stdout.on("data", (told) => done(/http:\S+/.exec(told)?.[0]));
    program.once("exit", (code) => fail(new Error(`draw-studio: expected an address but found exit code ${code}`)));
  });
  return { program, address };
}

/** From the top of one element to the bottom of another, with a margin; all that the window shows where none is named. */
async function cutOut(page, { from, to, without, size }) {
  if (!from) return undefined;
  if (without)
    await page.evaluate((part) => document.querySelector(part).style.setProperty("display", "none"), without);
  const margin = 12;
  const [first, last] = await Promise.all([from, to].map((part) => page.locator(part).boundingBox()));
  const top = Math.max(0, first.y - margin);
  const left = Math.max(0, Math.min(first.x, last.x) - margin);
  const right = Math.min(size.width, Math.max(first.x + first.width, last.x + last.width) + margin);
  return { x: left, y: top, width: right - left, height: last.y + last.height + margin - top };
}

async function draw(browser, name, address) {
  const { hash, size, options, prepare, ...cut } = PICTURES[name];
  const locale = { locale: "en-US", colorScheme: "light", reducedMotion: "reduce", ...options };
  const context = await browser.newContext({ viewport: size, ...locale });
  const page = await context.newPage();
  page.setDefaultTimeout(SECONDS_TO_WAIT * 1000);
  await page.goto(address + hash);
  await prepare(page);
  await page.evaluate(() => document.fonts.ready);
  const path = join(IMAGES, `studio-${name}.png`);
  const clip = await cutOut(page, { ...cut, size });
  await page.screenshot({ path, ...(clip ? { clip } : {}) });
  await context.close();
  const { size: bytes } = statSync(path);
  console.log(`${path}: ${Math.round(bytes / 1000)} kB`);
  if (bytes > MOST_BYTES) throw new Error(`draw-studio: expected at most ${MOST_BYTES} bytes but found ${bytes}`);
}

async function drawAll(names) {
  makeModel();
  if (names.some((name) => PICTURES[name].needsRuns)) {
    fovea(["train", "dates", "--out", "runs/slower", "--set", "learningRate=0.01", ...QUICK]);
  }
  const { program, address } = serve();
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    for (const name of names) await draw(browser, name, await address);
  } finally {
    await browser.close();
    program.kill("SIGINT");
  }
}

const unknown = wanted.find((name) => !(name in PICTURES));
if (unknown) throw new Error(`draw-studio: expected ${Object.keys(PICTURES).join(", ")} but found ${unknown}`);
if (given && !existsSync(join(given, "config.json"))) {
  throw new Error(`draw-studio: expected the folder of a model but found none at ${given}; train one: npm start`);
}
mkdirSync(IMAGES, { recursive: true });
try {
  await drawAll(wanted.length > 0 ? wanted : Object.keys(PICTURES));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
