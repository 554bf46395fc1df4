/** A reading as code that gives the same outside of the page. */
import type { Change } from "fovea/tasks";
import type { GraphInputs } from "../../worker/api.ts";
import type { Head } from "./graph-heads.ts";

/** Text in single quotes for a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export interface Snippet {
  readonly model: string;
  readonly text: string;
  readonly change: Change | undefined;
}

/** Where a model of this name would lie. */
export const folderOf = (model: string): string => `runs/${model}`;

/** A whole TypeScript program for Node.js. */
export function typescriptSnippet({ model, text, change }: Snippet): string {
  const args = [JSON.stringify(text), ...(change ? ["change"] : [])].join(", ");
  return [
    'import { openModel } from "fovea";',
    'import { nodeBackend, nodeFolder } from "fovea/node";',
    'import { renderTerminal } from "fovea/views";',
    "",
    `const model = await openModel(nodeFolder(${JSON.stringify(folderOf(model))}), nodeBackend);`,
    ...(change ? [`const change = ${JSON.stringify(change)};`] : []),
    `const { prediction, map } = await model.explain(${args});`,
    "console.log(prediction.output, prediction.confidence);",
    "console.log(renderTerminal(map));",
    "await model.close();",
  ].join("\n");
}

/** The command line. */
export function commandSnippet({ model, text }: Snippet): string {
  const folder = folderOf(model);
  const quoted = /^[\w./-]+$/.test(folder) ? folder : shellQuote(folder);
  // Behind `--` a text that begins with a dash is no option.
  return `npx fovea explain ${text.startsWith("-") ? "-- " : ""}${quoted} ${shellQuote(text)}`;
}

/** A question to the server behind this page. */
export function curlSnippet({ text, change }: Snippet, origin: string): string {
  const body = JSON.stringify({ text, ...(change ? { change } : {}) });
  return `curl -s ${origin} \\\n  -H 'content-type: application/json' \\\n  -d ${shellQuote(body)}`;
}

export interface GraphSnippet {
  readonly model: string;
  readonly given: GraphInputs;
  readonly head: Head;
}

/** Where a graph of this name would lie. */
export const graphFileOf = (model: string): string => `${model}.onnx`;

/** A whole TypeScript program for Node.js that draws one head of a graph. */
export function graphSnippet({ model, given, head }: GraphSnippet): string {
  const { label, rows, columns, from } = head;
  const numbered = (count: number) => `Array.from({ length: ${count} }, (_, i) => String(i + 1))`;
  const cell = [
    String(from.start),
    ...(from.row > 0 ? [`Math.floor(i / ${columns}) * ${from.row}`] : []),
    `(i % ${columns})${from.column === 1 ? "" : ` * ${from.column}`}`,
  ];
  const values = Object.keys(given.values).length > 0 ? { values: given.values } : {};
  return [
    'import { readFileSync } from "node:fs";',
    'import { openGraph } from "fovea";',
    'import { nodeBackend } from "fovea/node";',
    'import { renderTerminal } from "fovea/views";',
    "",
    `const graph = await openGraph(readFileSync(${JSON.stringify(graphFileOf(model))}), nodeBackend);`,
    `const { maps } = await graph.run(${JSON.stringify({ sizes: given.sizes, ...values, seed: given.seed })});`,
    `const { weights } = maps.find(({ name }) => name === ${JSON.stringify(from.output)});`,
    "const map = {",
    `  title: ${JSON.stringify(label)},`,
    '  axes: "queries",',
    `  rows: ${numbered(rows)},`,
    `  columns: ${numbered(columns)},`,
    `  weights: Float32Array.from({ length: ${rows * columns} }, (_, i) => weights[${cell.join(" + ")}]),`,
    "};",
    "console.log(renderTerminal(map));",
    "await graph.close();",
  ].join("\n");
}
