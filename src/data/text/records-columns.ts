import type { ByteSource } from "./byte-source.ts";
import { LINE_LIMIT, readLines } from "./lines.ts";
import { recordFormat } from "./records.ts";
import { RecordFault } from "./records-fault.ts";
import { normalizeText, type RecordFormat } from "./records-roles.ts";
import { CommaRows, lineRows, type Row, tabCells, wholeLine } from "./records-rows.ts";

/**
 * What stands in the first row of a table, which may be its header, or the names in the first record of JSON: for a form in which
 * someone says which column is which. Nothing of a source that has no such row.
 *
 * @param options.format by default by the ending of the source's name
 */
export async function readColumns(
  source: ByteSource,
  options: { readonly format?: RecordFormat } = {},
): Promise<string[]> {
  const format = options.format ?? recordFormat(source.name);
  if (!format) return [];
  const first = await firstRow(source, format);
  if (!first) return [];
  if (format !== "jsonl") return first.cells.map(({ text }) => normalizeText(text));
  try {
    const value: unknown = JSON.parse(first.cells[0]?.text ?? "");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

async function firstRow(source: ByteSource, format: RecordFormat): Promise<Row | undefined> {
  const isTable = format === "tsv";
  const rows = format === "csv" ? new CommaRows({ limit: LINE_LIMIT }) : lineRows(isTable ? tabCells : wholeLine);
  for await (const lines of readLines(source.stream(), { limit: LINE_LIMIT })) {
    for (const row of lines.flatMap((line) => rows.push(line))) return row instanceof RecordFault ? undefined : row;
  }
  const [last] = rows.finish();
  return last instanceof RecordFault ? undefined : last;
}
