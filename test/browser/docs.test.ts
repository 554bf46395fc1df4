import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentSnippets, fileOf, type Snippet } from "../support/snippets.ts";
import { launchChromium } from "./harness.ts";

/** The documents' snippets for browsers, each in a page of its own; the last line of each says what the page then shows. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const snippets = documentSnippets("browser");

let folder: string;
let server: ViteDevServer;

beforeAll(async () => {
  mkdirSync(join(ROOT, "build"), { recursive: true });
  folder = mkdtempSync(join(ROOT, "build", "docs-browser-"));
  for (const snippet of snippets) {
    const name = fileOf(snippet);
    writeFileSync(join(folder, `${name}.ts`), snippet.code);
    const head = '<meta charset="utf-8"><link rel="icon" href="data:,">';
    const script = `<script type="module" src="./${name}.ts"></script>`;
    writeFileSync(
      join(folder, `${name}.html`),
      `<!doctype html><html lang="en"><head>${head}</head><body>${script}</body></html>`,
    );
  }
  server = await createServer({
    configFile: false,
    root: ROOT,
    logLevel: "silent",
    plugins: [{ name: "built-package", enforce: "pre", resolveId: entry }],
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await server.listen();
});

/** The package itself, as its `exports` have it. */
function entry(source: string): string | undefined {
  return /^fovea(\/\w+)?$/.test(source) ? fileURLToPath(import.meta.resolve(source)) : undefined;
}

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** All text of a page, that inside elements included. */
function textOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const within = (node: Node): string => {
      if (node instanceof Text) return node.data;
      if (node instanceof Element && ["SCRIPT", "STYLE"].includes(node.tagName)) return "";
      const inner = node instanceof Element && node.shadowRoot ? within(node.shadowRoot) : "";
      return inner + [...node.childNodes].map(within).join("");
    };
    return within(document.body);
  });
}

/** What a snippet says that the page shows. */
function promised({ code }: Snippet): string | undefined {
  return /^\/\/ shows: (.+)$/.exec(code.trimEnd().split("\n").at(-1) ?? "")?.[1];
}

test("there are snippets for browsers, and each says what it shows", () => {
  expect(snippets.length).toBeGreaterThan(1);
  expect(snippets.filter((snippet) => promised(snippet) === undefined)).toEqual([]);
});

test.each(snippets)("the snippet at $place runs in a page", async (snippet) => {
  const faults: string[] = [];
  const context = await (await launchChromium()).newContext();
  try {
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    const [address = ""] = server.resolvedUrls?.local ?? [];
    await page.goto(`${address}build/${basename(folder)}/${fileOf(snippet)}.html`);
    const found = () => textOf(page);
    await expect.poll(async () => faults.join() || (await found()), { timeout: 150_000 }).toContain(promised(snippet));
    expect(faults).toEqual([]);
  } finally {
    await context.close();
  }
});
