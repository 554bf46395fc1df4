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

/** The formula and the example of each mechanism, by name, from the doc comment of its file. */
function mechanismTexts(): Record<string, { formula: string; example: string }> {
  const sources = path("../src");
  const texts: Record<string, { formula: string; example: string }> = {};
  for (const file of readdirSync(path("../src/attention"))) {
    if (!file.endsWith(".ts") || /\.(test|fixture)\.ts$/.test(file)) continue;
    const [, name, module] = ROW.exec(readFileSync(path(`../src/attention/${file}`), "utf8")) ?? [];
    if (!name || !module) continue;
    texts[name] = { formula: formulaOf(sources, { name, module }), example: exampleOf(sources, { name, module }) };
  }
  return texts;
}

/** `virtual:mechanism-texts`: these as a file of their own, which the catalogue asks for. */
function texts(): Plugin {
  const name = "virtual:mechanism-texts";
  let isBuild = true;
  return {
    name,
    configResolved({ command }) {
      isBuild = command === "build";
    },
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const source = JSON.stringify(mechanismTexts());
      if (!isBuild) return `export const loadTexts = async () => (${source});`;
      const file = this.emitFile({ type: "asset", name: "mechanisms.json", source });
      return `export const loadTexts = async () => (await fetch(import.meta.ROLLUP_FILE_URL_${file})).json();`;
    },
  };
}

const written = licenses();

/** ONNX Runtime's own code, in files of its own: the workers share it, and one sees what is whose. */
const RUNTIMES = ["wasm", "webgpu"].map((name) => ({
  name: `ort-${name}`,
  test: new RegExp(`node_modules[\\\\/]onnxruntime-web[\\\\/].*ort\\.${name}`),
}));

/** The studio as static files below `dist/studio`, which work under any path of any web server. */
export default defineConfig({
  root: path("."),
  base: "./",
  resolve: { alias },
  plugins: [texts(), written.page],
  worker: {
    format: "es",
    rolldownOptions: { output: { codeSplitting: { groups: RUNTIMES } } },
    plugins: () => [written.worker],
  },
  build: {
    outDir: path("../dist/studio"),
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
});
