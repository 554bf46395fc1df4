import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright";
import { beforeAll, expect, onTestFinished, type TestContext, test } from "vitest";
import { chromiumPath } from "./chromium.ts";
import { call, installPacked, serveStudio } from "./packed-package.ts";
import { scratchFolder } from "./studio-page.ts";
import { downloadModel, finished, reached, startTraining } from "./train-page.ts";

/** The studio as a user gets it: from the packed package, in a project of its own, in a browser that reaches no other host. */

let project: string | undefined;

beforeAll(async () => {
  project = await installPacked(scratchFolder());
}, 300_000);

/** @throws Error under CI: a test that is left out there would look like one that has passed */
function installed(context: TestContext): string {
  if (project !== undefined) return project;
  const message = "end to end: expected a registry to install the package's dependencies from but found none";
  if (process.env.CI) throw new Error(`${message}; name one that answers with npm_config_registry`);
  process.stderr.write(`\nLEFT OUT: ${context.task.name}\n${message}\n\n`);
  return context.skip(message);
}

async function offlineChromium(): Promise<Browser> {
  const rules = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";
  const args = ["--no-sandbox", `--host-resolver-rules=${rules}`];
  const browser = await chromium.launch({ executablePath: chromiumPath(), args });
  onTestFinished(() => browser.close());
  return browser;
}

/** A page, and what went wrong in it or was asked of others. */
async function openPage(address: string): Promise<{ page: Page; faults: string[] }> {
  const context = await (await offlineChromium()).newContext({ locale: "en-US" });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(data|blob):/.test(url)) faults.push(`request of ${url}`);
  });
  await page.goto(address);
  return { page, faults };
}

/** Writes what a zip held, as `unzip` would. */
function unpack(files: ReadonlyMap<string, Uint8Array>, folder: string): void {
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

test("trained in the page with its own defaults to 99 %, downloaded, and good by the command line's own measure", async (context) => {
  const cwd = installed(context);
  const { address, stop } = await serveStudio(cwd);
  onTestFinished(stop);
  const { page, faults } = await openPage(address);
  await page.getByRole("navigation").getByRole("link", { name: "Train" }).click();
  await page.getByRole("button", { name: "Start training" }).click();
  await reached(page, 1);
  await finished(page, 540_000);
  const [shown] = /[\d.]+(?= %)/.exec(await page.locator(".train-big").innerText()) ?? [];
  expect(Number(shown)).toBeGreaterThanOrEqual(99);
  unpack(await downloadModel(page), join(cwd, "downloaded"));
  expect(faults).toEqual([]);

  const model = existsSync(join(cwd, "downloaded/config.json")) ? "downloaded" : "downloaded/model";
  const evaluate = ["fovea", "evaluate", model, "--min", "exactMatch=0.99", "--format", "json"];
  const evaluated = await call("npx", evaluate, cwd);
  expect(evaluated.code, evaluated.err).toBe(0);
  const { overall } = JSON.parse(evaluated.out);
  expect(overall.share).toBeGreaterThanOrEqual(0.99);
  expect(100 * overall.share).toBeCloseTo(Number(shown), 1);
  const texts = ["9 may 1998", "3 May 1979", "Tue 10 Jul 2007"];
  const predicted = await call("npx", ["fovea", "predict", model, ...texts, "--format", "json"], cwd);
  expect(predicted.code, predicted.err).toBe(0);
  const answers = JSON.parse(predicted.out) as { output: string }[];
  expect(answers.map(({ output }) => output)).toEqual(["1998-05-09", "1979-05-03", "2007-07-10"]);

  // The page has it, too: what it reads there is what the command line reads.
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByLabel("Text", { exact: true }).fill("3 May 1979");
  await expect.poll(() => page.locator(".answer").textContent()).toBe("1979-05-03");
  expect(faults).toEqual([]);
}, 720_000);

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** A server that knows nothing but files, below some path, and counts what is not there. */
async function serveFiles(folder: string, below: string): Promise<{ address: string; missing: string[] }> {
  const missing: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const inner = path.endsWith("/") ? `${path}index.html` : path;
    const file = join(folder, inner.slice(below.length));
    if (!path.startsWith(below) || !existsSync(file)) {
      missing.push(path);
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${below}`, missing };
}

test("the export works from plain files below any path: trains, looks, lists its mechanisms, and asks no other host", async (context) => {
  const cwd = installed(context);
  const exported = await call("npx", ["fovea", "studio", "--export", "site"], cwd);
  expect(exported.code, exported.err).toBe(0);
  const { address, missing } = await serveFiles(join(cwd, "site"), "/some/where deep/".replace(" ", "-"));
  const { page, faults } = await openPage(address);
  const tabs = page.getByRole("navigation").getByRole("link");
  await tabs.first().waitFor();
  expect(await tabs.allTextContents()).toEqual(["Look", "Train", "Catalogue", "Open"]);
  await tabs.filter({ hasText: "Train" }).click();
  await startTraining(page);
  await finished(page, 120_000);
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByLabel("Text", { exact: true }).fill("3 May 1979");
  await expect
    .poll(() => page.locator("fovea-attention-map").evaluate((map) => (map as { map?: object }).map !== undefined))
    .toBe(true);
  await tabs.filter({ hasText: "Catalogue" }).click();
  await page.locator("article .stages").first().waitFor();
  await tabs.filter({ hasText: "Open" }).click();
  await page.getByText("trained here").waitFor();
  expect([...missing, ...faults]).toEqual([]);
}, 240_000);
