import type { Generated } from "../data/generators/index.ts";

/** How pairs of texts are written as lines. */

export const PAIR_FORMATS = ["tsv", "csv", "jsonl"] as const;
export type PairFormat = (typeof PAIR_FORMATS)[number];

export const GENERATE_SPLITS = ["train", "validation", "test", "all"] as const;

/** Writes the lines of one file. */
export interface PairWriter {
  /** The line of names; nothing where every record has them. */
  readonly header: string;
  readonly line: (example: Generated) => string;
}

/** A field as RFC 4180 has it. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param options `columns`: the names of source and target; `isGrouped`: whether a third column names the group */
export function pairWriter(
  format: PairFormat,
  { columns, isGrouped }: { columns: readonly [string, string]; isGrouped: boolean },
): PairWriter {
  const names = isGrouped ? [...columns, "group"] : columns;
  const fields = ({ source, target, group = "" }: Generated) =>
    isGrouped ? [source, target, group] : [source, target];
  if (format === "jsonl") {
    const record = (example: Generated) => Object.fromEntries(fields(example).map((text, i) => [names[i], text]));
    return { header: "", line: (example) => `${JSON.stringify(record(example))}\n` };
  }
  const join = (texts: readonly string[]) =>
    format === "csv" ? `${texts.map(csvField).join(",")}\n` : `${texts.join("\t")}\n`;
  return { header: join(names), line: (example) => join(fields(example)) };
}
