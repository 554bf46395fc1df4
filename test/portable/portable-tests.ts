import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** Files of `src/` that run in Node only, but for those that have a stand-in. */
const NODE_ONLY = /^src\/(runtime\/node|data\/node|views\/node|cli\/|server\/|node\.ts$)/;

/** Packages that run in Node only, but for those that have a stand-in. */
const NODE_PACKAGES = /^(node:|commander|hono|@hono\/|@resvg\/|playwright|vite$)/;

/** What stands in for a module of Node's in a browser: of the same names, on onnxruntime-web. */
export const STAND_INS: Readonly<Record<string, string>> = {
  "src/runtime/node.ts": "test/portable/web-runtime.ts",
  "src/runtime/node-workers.ts": "test/portable/web-runtime.ts",
};

/** `import type` is erased, so that what it names may be of Node. */
const IMPORT =
  /^[ \t]*(?:import|export)\b(?!\s+type\b)[^"';]*?\bfrom\s+"([^"\n]+)"|^[ \t]*import\s+"([^"\n]+)"|\bimport\(\s*"([^"\n]+)"/gm;

const known = new Map<string, string | undefined>();
const imported = new Set<string>();

/** Why a file cannot run in a browser, as the chain of imports that leads to Node; undefined: it can. */
function nodeChain(root: string, file: string): string | undefined {
  if (known.has(file)) return known.get(file);
  known.set(file, undefined);
  const code = readFileSync(resolve(root, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  let chain: string | undefined;
  for (const match of code.matchAll(IMPORT)) {
    const specifier = (match[1] ?? match[2] ?? match[3]) as string;
    const inner = specifier.startsWith(".") ? chainTo(root, file, specifier) : undefined;
    if (NODE_PACKAGES.test(specifier)) chain = specifier;
    else if (!specifier.startsWith(".")) imported.add(specifier);
    else if (inner !== undefined) chain = inner;
    if (chain !== undefined) break;
  }
  const result = chain === undefined ? undefined : `${file} → ${chain}`;
  known.set(file, result);
  return result;
}

function chainTo(root: string, file: string, specifier: string): string | undefined {
  const target = relative(root, resolve(root, dirname(file), specifier)).replaceAll("\\", "/");
  if (STAND_INS[target] !== undefined) return undefined;
  if (NODE_ONLY.test(target)) return target;
  return target.endsWith(".ts") ? nodeChain(root, target) : undefined;
}

export interface PortableTests {
  readonly portable: readonly string[];
  /** Why each other one is not: the chain of imports that leads to Node. */
  readonly nodeOnly: ReadonlyMap<string, string>;
  /** What is imported of packages. */
  readonly packages: readonly string[];
}

/** Tests below `src/` that can run in a browser. */
export function portableTests(root: string): PortableTests {
  const tests = readdirSync(resolve(root, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => `src/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".test.ts"))
    .sort();
  const portable: string[] = [];
  const nodeOnly = new Map<string, string>();
  for (const test of tests) {
    const why = STAND_INS[test.replace(".test.ts", ".ts")] || !NODE_ONLY.test(test) ? nodeChain(root, test) : test;
    if (why === undefined) portable.push(test);
    else nodeOnly.set(test, why);
  }
  const packages = [...imported].filter((name) => !/^(vitest|onnxruntime)/.test(name)).sort();
  return { portable, nodeOnly, packages };
}
