import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { exampleOf, formulaOf } from "../scripts/doc-comments.mjs";
import { licenses } from "../scripts/studio-licenses.mjs";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const alias = [
  { find: /^fovea\/web$/, replacement: path("../src/web.ts") },
  { find: /^fovea\/([a-z]+)$/, replacement: path("../src/$1/index.ts") },
];

/** A mechanism's row at the end of its file, as far as it names the mechanism and the file. */
const ROW = /: Mechanism = \{\s+name: "([^"]+)",[\s\S]*?module: "([^"]+)"/;

/** `virtual:formulas`: the formula and the example of each mechanism, from the doc comment of its file, by name. */
function formulas(): Plugin {
  const name = "virtual:formulas";
  return {
    name,
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const formulas: Record<string, string> = {};
      const examples: Record<string, string> = {};
      for (const file of readdirSync(path("../src/attention"))) {
        if (!file.endsWith(".ts") || /\.(test|fixture)\.ts$/.test(file)) continue;
        const [, mechanism, module] = ROW.exec(readFileSync(path(`../src/attention/${file}`), "utf8")) ?? [];
        if (!mechanism || !module) continue;
        formulas[mechanism] = formulaOf(path("../src"), { name: mechanism, module });
        examples[mechanism] = exampleOf(path("../src"), { name: mechanism, module });
      }
      return `export const FORMULAS = ${JSON.stringify(formulas)}; export const EXAMPLES = ${JSON.stringify(examples)};`;
    },
  };
}

const written = licenses();

/** The studio as static files below `dist/studio`, which work under any path of any web server. */
export default defineConfig({
  root: path("."),
  base: "./",
  resolve: { alias },
  plugins: [formulas(), written.page],
  worker: { format: "es", plugins: () => [written.worker] },
  build: {
    outDir: path("../dist/studio"),
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
});
