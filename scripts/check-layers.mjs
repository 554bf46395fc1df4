/**
 * The rules that no linter knows: imports only point up the list of layers, portable code uses nothing of Node, the studio imports
 * `fovea/…` alone, each folder of `src/` opens with a comment that says what it is, files stay short, and nothing is left undone or
 * skipped without a reason.
 * A file that must be longer than 400 lines says why, in a line of its own: `// Longer than 400 lines: a table of …`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const MOST_LINES = 400;

/** A folder may import itself and those before it. Files straight in `src/` may import every folder. */
const LAYERS = [
  "tensor",
  "autodiff",
  "onnx",
  "runtime",
  "nn",
  "attention",
  "models",
  "data",
  "tasks",
  "views",
  "server",
  "cli",
];

/** Where the module comment of a folder stands when it is no `index.ts`. */
const OPENINGS = { cli: "program.ts" };

/** Which files may import a package, below `src/`. */
const PACKAGES = {
  "@bufbuild/protobuf": /^onnx\//,
  "@huggingface/tokenizers": /^data\/text\//,
  "@resvg/resvg-js": /^views\/node/,
  "@hono/node-server": /^server\//,
  commander: /^cli\//,
  fflate: /^(data\/zip|views\/png)/,
  hono: /^server\//,
  "onnxruntime-node": /^runtime\/node/,
  "onnxruntime-web": /^runtime\/web/,
  zod: /^(data\/text|tasks|cli|server)\//,
};

/** Files, below `src/`, that run in Node only. */
const NODE_ONLY = /^(runtime\/node|data\/node|views\/node|cli\/|server\/|node\.ts$)/;

/** Files, below `src/`, that run in browsers only; in Node they can be imported, and no more. */
const BROWSER_ONLY = /^(runtime\/web|web\.ts$)/;

/** Tests and what they share may import any layer. */
const TEST_ONLY = /\.(test|fixture)\.tsx?$/;

function filesBelow(folder, pattern) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((file) => !file.includes("node_modules/"))
    .sort();
}

/** The text with comments blanked out, line by line, so that examples in them are no imports. */
function withoutComments(text) {
  const blank = (comment) => comment.replace(/[^\n]/g, " ");
  return text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(^|\s)\/\/.*$/gm, blank);
}

const IMPORT =
  /^[ \t]*(?:import|export)\b[^"';]*?\bfrom\s+"([^"\n]+)"|^[ \t]*import\s+"([^"\n]+)"|\bimport\(\s*"([^"\n]+)"/gm;

function* importsOf(code) {
  for (const match of code.matchAll(IMPORT)) {
    yield { specifier: match[1] ?? match[2] ?? match[3], line: code.slice(0, match.index).split("\n").length };
  }
}

/** What the studio may import beside its own files and `fovea/…`. */
const STUDIO_PACKAGES = /^(preact(\/hooks|\/compat)?|virtual:[a-z-]+)$/;
/** Its build runs in Node. */
const BUILD = /\.config\.ts$/;

/** What is wrong with an import of a file below `studio/`, or undefined. */
function studioFault(file, specifier) {
  if (specifier.startsWith(".")) {
    const target = relative(ROOT, resolve(ROOT, dirname(file), specifier)).replaceAll("\\", "/");
    if (TEST_ONLY.test(target)) return `may not import ${target}, which only tests may`;
    return target.startsWith("studio/") ? undefined : `may not import ${target}; import fovea/… in place of it`;
  }
  const [, layer] = /^fovea\/([a-z]+)$/.exec(specifier) ?? [];
  const isPortable = layer === "web" || (LAYERS.includes(layer) && !NODE_ONLY.test(`${layer}/`));
  return isPortable || STUDIO_PACKAGES.test(specifier) ? undefined : `may not import ${specifier}`;
}

/** What is wrong with an import of a file below `src/`, or undefined. */
function importFault(file, specifier) {
  const inside = file.slice("src/".length);
  if (specifier.startsWith("node:")) {
    return NODE_ONLY.test(inside)
      ? undefined
      : "is portable: no node: imports outside runtime/node*, data/node*, views/node*, cli/";
  }
  if (!specifier.startsWith(".")) {
    const name = Object.keys(PACKAGES).find((known) => specifier === known || specifier.startsWith(`${known}/`));
    return name && PACKAGES[name].test(inside) ? undefined : `may not import the package ${specifier}`;
  }
  const target = relative(join(ROOT, "src"), resolve(ROOT, dirname(file), specifier)).replaceAll("\\", "/");
  if (target.startsWith("..")) return `may not import ${target}, outside src/`;
  if (TEST_ONLY.test(target)) return `may not import ${target}, which only tests may`;
  if (NODE_ONLY.test(target) && !NODE_ONLY.test(inside)) return `is portable: ${target} runs in Node only`;
  if (BROWSER_ONLY.test(target) && !BROWSER_ONLY.test(inside))
    return `may not import ${target}, which runs in browsers only`;
  if (!inside.includes("/")) return undefined;
  const [own, other] = [inside, target].map((path) => LAYERS.indexOf(path.split("/")[0]));
  if (other < 0) return `may not import src/${target}, which is no layer`;
  return other <= own ? undefined : `may not import ${LAYERS[other]}/, which comes after ${LAYERS[own]}/ in the list`;
}

function* importFaults(file, code) {
  if (TEST_ONLY.test(file) || BUILD.test(file)) return;
  const isStudio = file.startsWith("studio/");
  for (const { specifier, line } of importsOf(code)) {
    const fault = isStudio ? studioFault(file, specifier) : importFault(file, specifier);
    if (fault) yield `${file}:${line}: ${fault}`;
  }
  if (!isStudio && NODE_ONLY.test(file.slice("src/".length))) return;
  const global = /\bprocess\.|\b__dirname\b|\brequire\(/.exec(code);
  if (global) {
    const line = code.slice(0, global.index).split("\n").length;
    yield `${file}:${line}: is portable: ${global[0]} is there in Node only`;
  }
}

function* folderFaults() {
  for (const entry of readdirSync(join(ROOT, "src"), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    if (!LAYERS.includes(entry.name))
      yield `src/${entry.name}: is no layer; give it a place in scripts/check-layers.mjs`;
    const file = `src/${entry.name}/${OPENINGS[entry.name] ?? "index.ts"}`;
    const [comment] = /^(#!.*\n)?\/\*\*[\s\S]*?\*\//.exec(read(file) ?? "") ?? [""];
    if (!/import/.test(comment)) yield `${file}: expected a comment first, saying what the folder is and may import`;
  }
}

function read(file) {
  try {
    return readFileSync(join(ROOT, file), "utf8");
  } catch {
    return undefined;
  }
}

function* styleFaults(file, text) {
  const lines = text.split("\n");
  const count = lines.length - 1;
  const exempt = /^\/\/ Longer than 400 lines: \S/m.test(text);
  if (count > MOST_LINES && !exempt) yield `${file}: has ${count} lines, more than ${MOST_LINES}; split it`;
  for (const [i, line] of lines.entries()) {
    const place = `${file}:${i + 1}`;
    if (/\b(TODO|FIXME|XXX|HACK)\b/.test(line)) yield `${place}: leaves something undone; do it, or write an issue`;
    if (/\b(it|test|describe)(\.\w+)*\.only\b/.test(line)) yield `${place}: runs one test only`;
    if (/\b(it|test|describe)(\.\w+)*\.(skip|todo)\(/.test(line) && !/left out/.test(line)) {
      yield `${place}: skips a test; its title must say why: "…left out, for …"`;
    }
  }
}

const faults = [...folderFaults()];
for (const file of [...filesBelow("src", /\.ts$/), ...filesBelow("studio", /\.tsx?$/)]) {
  faults.push(...importFaults(file, withoutComments(read(file))));
}
const sources = ["src", "test", "examples", "studio"].flatMap((folder) => filesBelow(folder, /\.(tsx?|css)$/));
const scripts = filesBelow("scripts", /\.mjs$/).filter((file) => file !== "scripts/check-layers.mjs");
for (const file of [...sources, ...scripts]) faults.push(...styleFaults(file, read(file)));

for (const fault of faults) console.error(fault);
console.log(`layers: ${sources.length + scripts.length} files, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
