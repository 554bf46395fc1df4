import type { Change, Explanation } from "../tasks/events.ts";
import { attentionMapJson } from "./json.ts";

/**
 * The record that `predict` writes, with the map, and for each of its rows the candidates, best first.
 *
 * @param change what a reader changed of how the model reads, as the server takes it
 */
export function explanationJson({ prediction, map, candidates, faithfulness }: Explanation, change?: Change): string {
  const { text, output, confidence, certain, valid } = prediction;
  const record = Object.entries({ text, change, output, confidence, certain, valid, faithfulness });
  // Not every model judges whether an answer is certain, or valid.
  const known = record.filter(([, value]) => value !== undefined);
  const fields = known.map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`).join("");
  const drawn = attentionMapJson(map).trimEnd().replaceAll("\n", "\n  ");
  const rows = candidates.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
  const listed = rows === "" ? "[]" : `[\n${rows}\n  ]`;
  return `{\n${fields}  "map": ${drawn},\n  "candidates": ${listed}\n}\n`;
}
