import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentSnippets, fileOf, type Snippet, snippetsIn } from "./support/snippets.ts";

/**
 * Every TypeScript snippet of the documents, and every `@example` of the sources, is checked by the compiler against the built
 * package, as strictly as a new project would, and run.
 */
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Doc comments in place, all else as empty lines, so that lines keep their numbers. */
function docComments(text: string): string {
  const kept = text.replace(/\/\*\*[\s\S]*?\*\/|[^\n]/g, (found) => (found.length > 1 ? found : ""));
  return kept.replace(/^[ \t]*\* ?/gm, "");
}

function sources(): string[] {
  const names = readdirSync(join(ROOT, "src"), { recursive: true }) as string[];
  return names.filter((name) => name.endsWith(".ts")).map((name) => `src/${name}`);
}

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const fromDocuments = documentSnippets("node");
/** Compiled here, and run in Chromium by test/browser/docs.test.ts. */
const forBrowsers = documentSnippets("browser");
const fromSources = sources().flatMap((file) => snippetsIn(file, docComments(read(file))));
const examples = sources().reduce((count, file) => count + read(file).split("* @example").length - 1, 0);

/** Inside the package, so that `fovea` names it. */
let folder = "";
let faults: readonly string[] = [];

beforeAll(() => {
  mkdirSync(join(ROOT, "build"), { recursive: true });
  folder = mkdtempSync(join(ROOT, "build", "docs-"));
  for (const snippet of [...fromDocuments, ...forBrowsers, ...fromSources]) {
    // A module, whether or not it imports anything.
    writeFileSync(join(folder, `${fileOf(snippet)}.ts`), `${snippet.code}export {};\n`);
  }
  const compilerOptions = {
    target: "es2023",
    lib: ["es2023", "dom"],
    module: "nodenext",
    strict: true,
    types: ["node"],
    skipLibCheck: true,
    rootDir: ".",
    outDir: "built",
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  faults = node([compiler, "-p", folder]).stdout.split("\n");
  // Snippets may open runs/dates and runs/transduce: models that are there, though not good ones.
  const few = ["--steps", "20", "--workers", "1", "--set", "testCount=100"];
  fovea("train", "dates", ...few, "--out", "runs/dates");
  fovea("generate", "times", "--count", "400", "-o", "times.tsv");
  fovea("train", "transduce", "--data", "times.tsv", ...few, "--out", "runs/transduce");
});

function node(argv: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, argv, { cwd: folder, encoding: "utf8" });
}

function fovea(...words: readonly string[]): void {
  const { status, stderr } = node([join(ROOT, "dist", "cli", "main.js"), ...words]);
  expect(status, stderr).toBe(0);
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says against a snippet. */
function faultsOf(snippet: Snippet): string[] {
  return faults.filter((fault) => fault.startsWith(fileOf(snippet)));
}

function run(snippet: Snippet): string {
  const file = fileOf(snippet);
  expect(faultsOf(snippet)).toEqual([]);
  const { status, stdout, stderr } = node([join(folder, "built", `${file}.js`)]);
  expect(status, stderr).toBe(0);
  return stdout;
}

describe("documents", () => {
  it.each(fromDocuments)("the snippet at $place runs", (snippet) => {
    run(snippet);
  });

  it.each(forBrowsers)("the snippet for browsers at $place compiles", (snippet) => {
    expect(faultsOf(snippet)).toEqual([]);
  });

  it("the README's model answers and is drawn", () => {
    const model = fromDocuments.find(
      ({ place, code }) => place.startsWith("README.md") && code.includes("new Trainer"),
    );
    const lines = model?.code.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("import "));
    expect(lines?.length).toBeLessThan(45);
    const printed = run(model as Snippet);
    expect(Number(/(\d+) of 1000 right/.exec(printed)?.[1])).toBeGreaterThan(950);
    expect(printed).toContain("attention weight");
  });
});

describe("examples of the sources", () => {
  it("each @example is a snippet that ends in an assertion", () => {
    expect(fromSources.length).toBe(examples);
    for (const { place, code } of fromSources) expect(code.trimEnd().split("\n").at(-1), place).toContain("assert");
  });

  it.each(fromSources)("the example at $place holds", (snippet) => {
    run(snippet);
  });
});
