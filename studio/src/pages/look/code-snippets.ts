/** A reading as code that gives the same outside of the page. */
import type { Change } from "fovea/tasks";

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
