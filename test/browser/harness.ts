import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { build } from "vite";
import { afterAll } from "vitest";
import { chromiumPath } from "./chromium.ts";

/** Pages bundled from the sources and opened in real Chromium, for tests that need what only a browser has. */

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; img-src 'self' data: blob:";

let browser: Promise<Browser> | undefined;

/** One Chromium for all pages of a test file. */
export function launchChromium(): Promise<Browser> {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  return browser;
}

afterAll(async () => {
  await (await browser)?.close();
  browser = undefined;
});

/** Bundles a TypeScript module for a browser; files by their name, `page.js` first. */
async function bundle(entry: URL): Promise<Map<string, string | Uint8Array>> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root: fileURLToPath(new URL("../..", import.meta.url)),
    build: {
      write: false,
      target: "es2023",
      minify: false,
      modulePreload: false,
      lib: { entry: fileURLToPath(entry), formats: ["es"], fileName: () => "page.js" },
    },
  });
  const files = new Map<string, string | Uint8Array>();
  for (const { output } of [result].flat() as {
    output: { fileName: string; code?: string; source?: string | Uint8Array }[];
  }[]) {
    for (const file of output) files.set(`/${file.fileName}`, file.code ?? file.source ?? "");
  }
  return files;
}

const bundles = new Map<string, Promise<Map<string, string | Uint8Array>>>();

function bundled(entry: URL): Promise<Map<string, string | Uint8Array>> {
  const known = bundles.get(entry.href);
  if (known) return known;
  const made = bundle(entry);
  bundles.set(entry.href, made);
  return made;
}

async function serve(files: Map<string, string | Uint8Array>, document: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const content = path === "/" ? document : files.get(path);
    const type = path === "/" ? "text/html; charset=utf-8" : path.endsWith(".js") ? "text/javascript" : "";
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": type || "application/octet-stream",
      "content-security-policy": POLICY,
    });
    response.end(content ?? "not found");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

export interface PageOptions extends BrowserContextOptions {
  /** The language of the document. @default "en" */
  readonly language?: string;
  /** What stands in the body before the module runs. */
  readonly body?: string;
}

export interface OpenPage {
  readonly page: Page;
  readonly url: string;
  /** Errors of the page and of its console so far. */
  readonly faults: readonly string[];
  /** Closes the page and its server; fails where the page had an error. */
  readonly close: () => Promise<void>;
}

/**
 * Bundles `entry`, serves it on a free port of 127.0.0.1 under a strict content policy and opens it in Chromium:
 * `openPage(new URL("./pages/attention-map.ts", import.meta.url))`.
 */
export async function openPage(entry: URL, options: PageOptions = {}): Promise<OpenPage> {
  const { language = "en", body = "", ...context } = options;
  const [files, chrome] = await Promise.all([bundled(entry), launchChromium()]);
  const icon = '<link rel="icon" href="data:,">';
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width">${icon}<title>Fovea</title>`;
  const document = `<!doctype html><html lang="${language}"><head>${head}</head><body>${body}<script type="module" src="/page.js"></script></body></html>`;
  const server = await serve(files, document);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const opened = await chrome.newContext(context);
  const page = await opened.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console error: ${message.text()}`);
  });
  await page.goto(url);
  const close = async () => {
    await opened.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    if (faults.length > 0) throw new Error(`openPage: expected no error in the page but found:\n${faults.join("\n")}`);
  };
  return { page, url, faults, close };
}
