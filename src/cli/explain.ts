import { basename, dirname, extname, resolve } from "node:path";
import { encodeText } from "../data/folder.ts";
import { nodeFolder } from "../data/node-folder.ts";
import type { Explanation } from "../tasks/events.ts";
import { renderCsv, renderJson, renderSvg, renderTerminal, reportHtml } from "../views/index.ts";
import { answerLine } from "./answer-format.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { withModel } from "./model-folder.ts";
import { alternatives, quoted } from "./option-values.ts";
import { drawingFor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export interface ExplainOptions {
  readonly text: string;
  /** A file; what is written is decided by how its name ends. */
  readonly out?: string;
}

const FORMATS: Readonly<Record<string, (explanation: Explanation) => string>> = {
  ".txt": (explanation) => explanationText(explanation),
  ".json": explanationJson,
  ".csv": ({ map }) => renderCsv(map),
  ".svg": ({ map }) => renderSvg(map),
  ".html": explanationHtml,
};

/** Shows what the answer to a text was read from, on the terminal or in a file. */
export function explain(path: string, { text, out }: ExplainOptions, context: Context): Promise<ExitCode> {
  const format = out === undefined ? undefined : FORMATS[extname(out).toLowerCase()];
  if (out !== undefined && !format) {
    const names = alternatives(Object.keys(FORMATS));
    throw new UsageError(`explain: expected --out to end in ${names} but found ${quoted(out)}`);
  }
  return withModel(path, {
    context,
    command: "explain",
    async use(model) {
      const explanation = inFloat32(await model.explain(text));
      if (out === undefined || !format) {
        await context.stdout.write(explanationText(explanation, drawingFor(context.stdout, context.env)));
        return EXIT.done;
      }
      const file = resolve(context.cwd, out);
      await nodeFolder(dirname(file)).write(basename(file), encodeText(format(explanation)));
      await context.stdout.line(answerLine(explanation.prediction));
      await context.stderr.line(`Written to ${out}`);
      return EXIT.done;
    },
  });
}

/** The map with its weights as the 32-bit floats that they are, which print shorter. */
function inFloat32(explanation: Explanation): Explanation {
  const { map } = explanation;
  return { ...explanation, map: { ...map, weights: Float32Array.from(map.weights) } };
}

function explanationText({ prediction, map }: Explanation, drawing: Parameters<typeof renderTerminal>[1] = {}): string {
  return `${answerLine(prediction)}\n\n${renderTerminal(map, drawing)}\n`;
}

/** The record that `predict` writes, with the map. */
function explanationJson({ prediction, map }: Explanation): string {
  const { text, output, confidence, certain, valid } = prediction;
  const record = Object.entries({ text, output, confidence, certain, valid });
  const fields = record.map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`).join("");
  return `{\n${fields}  "map": ${renderJson(map).trimEnd().replaceAll("\n", "\n  ")}\n}\n`;
}

function explanationHtml({ prediction, map }: Explanation): string {
  return reportHtml({
    title: map.title as string,
    sections: [
      {
        heading: "What the answer was read from",
        blocks: [
          { kind: "paragraph", text: answerLine(prediction) },
          { kind: "map", map },
        ],
      },
    ],
  });
}
