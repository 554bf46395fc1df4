import type { Place, RecordFault } from "./records-fault.ts";
import type { Row } from "./records-rows.ts";

/** A field that a recipe needs, and the header names that people give it. */
export interface Role {
  readonly name: string;
  /** Names that stand for it in a header or a JSON record, the likeliest first; upper and lower case are one. */
  readonly headers: readonly string[];
  readonly optional?: boolean;
}

export type RecordFormat = "tsv" | "csv" | "jsonl";

/** Which field stands where: what `readRecords` is told, without the reading itself. */
export interface LayoutOptions {
  readonly owner: string;
  readonly file: string;
  readonly format: RecordFormat;
  readonly roles: readonly Role[];
  readonly columns?: Readonly<Record<string, string>>;
}

/** The fields of a row by role, and where each begins. */
export interface Found {
  readonly fields: Readonly<Record<string, string>>;
  readonly places: Readonly<Record<string, Place>>;
}

/** Finds the fields in the rows of one file. */
export interface Layout {
  /** Whether the first row names the columns, and is no record. */
  readonly hasHeader: boolean;
  find(row: Row): Found | RecordFault;
}

/**
 * Text as all readers give it: in Unicode's normal form C, so that a letter with its accent is one character however it was typed, and
 * without white space at its ends.
 */
export function normalizeText(text: string): string {
  return text.normalize("NFC").trim();
}

/** The names of a role in a header, in lower case: those that were asked for, or its own. */
export function headersOf({ name, headers }: Role, columns: Readonly<Record<string, string>> = {}): readonly string[] {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  return (column === undefined ? headers : [column]).map(headerName);
}

/** A name of a header as it is compared. */
export function headerName(text: string): string {
  return normalizeText(text).toLowerCase();
}
