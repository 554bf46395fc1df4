import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeBackend, nodeFolder } from "fovea/node";
import type { BrowserContextOptions, Page } from "playwright";
import { build } from "vite";
import { afterAll, onTestFinished } from "vitest";
import { listen, openModelFiles, studioApp } from "../../src/server/index.ts";
import { type OpenModel, openModel } from "../../src/tasks/index.ts";
import { train } from "../support/dates.ts";
import { launchChromium } from "./harness.ts";

/** The studio, built from its sources and served by the real server, in Chromium. */

const scratch: string[] = [];

/** A folder that is removed when the tests of the file are over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fovea-studio-"));
  scratch.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true });
});

let built: Promise<string> | undefined;

/** The folder of the built page. */
export function builtPage(): Promise<string> {
  built ??= (async () => {
    const outDir = join(scratchFolder(), "page");
    const configFile = fileURLToPath(new URL("../../studio/vite.config.ts", import.meta.url));
    await build({ configFile, logLevel: "silent", build: { outDir } });
    return outDir;
  })();
  return built;
}

let trained: Promise<string> | undefined;

/** The folder of a small dates model: it answers wrongly, but it is a whole one. */
export function tinyModel(): Promise<string> {
  trained ??= (async () => {
    const folder = join(scratchFolder(), "tiny");
    await train(nodeFolder(folder));
    return folder;
  })();
  return trained;
}

export interface StudioPageOptions extends BrowserContextOptions {
  /** What stands behind the address: `#/look?…`. */
  readonly hash?: string;
  /** The folder of the model that lies beside the page. @default none */
  readonly model?: string;
  /** The folder of runs. @default an empty one */
  readonly runs?: string;
}

export interface StudioPage {
  readonly page: Page;
  /** Of the page, without a hash. */
  readonly address: string;
  /** Errors of the page, of its console, and requests to other hosts, so far. */
  readonly faults: readonly string[];
}

/** Opens the studio for one test. */
export async function openStudio(options: StudioPageOptions = {}): Promise<StudioPage> {
  const { hash = "", model: folder, runs = scratchFolder(), ...context } = options;
  const [page, chrome] = await Promise.all([builtPage(), launchChromium()]);
  const faults: string[] = [];
  const files = folder === undefined ? undefined : await openModelFiles(folder);
  const model = files && (await openTask(files.folder));
  const onFault = (error: Error) => void faults.push(`server: ${error.message}`);
  const app = studioApp({ page, version: "0.0.0", runs, files, model, onFault });
  const server = await listen(app, { port: 0 });
  const opened = await chrome.newContext({ locale: "en-US", ...context });
  onTestFinished(async () => {
    await opened.close();
    await server.close();
    await model?.close();
  });
  const address = server.addresses[0] as string;
  const tab = await opened.newPage();
  watch(tab, address, faults);
  await tab.goto(address + hash);
  return { page: tab, address, faults };
}

async function openTask(folder: Parameters<typeof openModel>[0]): Promise<OpenModel | undefined> {
  return openModel(folder, nodeBackend).catch(() => undefined);
}

function watch(page: Page, address: string, faults: string[]): void {
  page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console error: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !/^(data|blob):/.test(url)) faults.push(`request of ${url}`);
  });
}

/** Waits until the Look page shows how a text was read. */
export async function waitForAnswer(page: Page, text: string): Promise<void> {
  await page.waitForFunction((wanted) => {
    const map = document.querySelector("fovea-attention-map") as unknown as { map?: { columns: string[] } } | null;
    return map?.map?.columns.join("") === wanted;
  }, text);
}

/** A map as a view of the page has it. */
export interface ShownMap {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly weights: readonly number[];
}

/** The map that an element of the page has been given. */
export function shownMap(page: Page, element: string, property = "map"): Promise<ShownMap> {
  return page.evaluate(
    ([selector, name]) => {
      const view = document.querySelector(selector as string) as unknown as Record<string, ShownMap>;
      const { rows, columns, weights } = view[name as string] as ShownMap;
      return { rows: [...rows], columns: [...columns], weights: Array.from(weights) };
    },
    [element, property],
  );
}
