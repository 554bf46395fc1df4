import type { DataError } from "../../tensor/errors.ts";
import { columnAt, type Place, RecordFault, shown } from "./records-fault.ts";
import { jsonLayout } from "./records-json.ts";
import {
  type Found,
  headerName,
  headersOf,
  type Layout,
  type LayoutOptions,
  normalizeText,
  type RecordFormat,
} from "./records-roles.ts";
import type { Cell, Row } from "./records-rows.ts";

/** A column that is told by its place. */
const NUMBER = /^[1-9]\d*$/;

/**
 * Works out from the first row where the fields are. A fault: that row fits neither with a header nor without.
 * @throws DataError for columns that were asked for and that the header does not have
 */
export function layoutOf(first: Row, options: LayoutOptions): Layout | RecordFault {
  if (options.format === "jsonl") return jsonLayout(options);
  const { roles, columns = {} } = options;
  const names = first.cells.map(({ text }) => headerName(text));
  const named = roles.map((role) => headersOf(role, columns).find((name) => names.includes(name)));
  if (roles.every((role, i) => role.optional || named[i] !== undefined)) {
    const indexes = named.map((name) => (name === undefined ? undefined : names.indexOf(name)));
    return tableLayout(options, { hasHeader: true, indexes, names: first.cells.map(({ text }) => text.trim()) });
  }
  const wanted = Object.entries(columns).filter(([, column]) => !NUMBER.test(column));
  const missing = wanted.find(([, column]) => !names.includes(headerName(column)));
  if (missing) throw noColumn(missing, first, options);
  if (Object.keys(columns).length > wanted.length) return numberedLayout(first, options);
  return plainLayout(first, options);
}

function noColumn([, column]: readonly [string, string], { cells, line }: Row, options: LayoutOptions): DataError {
  const found = cells.map(({ text }) => shown(text.trim())).join(", ");
  const place = { line, column: 1 };
  return new RecordFault(`a column ${shown(column)} in the header`, found, place).error(options);
}

/** Columns by their numbers, counted from 1: there is no header. Roles without a number are not read. */
function numberedLayout(first: Row, options: LayoutOptions): Layout | RecordFault {
  const { roles, columns = {}, owner } = options;
  const named = Object.values(columns).find((column) => !NUMBER.test(column));
  if (named !== undefined) {
    throw new RangeError(
      `${owner}: expected columns all by their numbers, or all by their names, but found ${Object.values(columns).join()}`,
    );
  }
  const indexes = roles.map(({ name, optional }) => {
    const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
    if (column === undefined && !optional) {
      throw new RangeError(
        `${owner}: expected columns to number ${name}, too, but found ${Object.keys(columns).join()}`,
      );
    }
    return column === undefined ? undefined : Number(column) - 1;
  });
  const most = Math.max(...indexes.map((index) => (index ?? 0) + 1));
  if (first.cells.length < most) return wrongCount(first, `at least ${most} columns`, { count: most, ...options });
  return tableLayout(options, { hasHeader: false, indexes, names: first.cells.map((_, i) => String(i + 1)) });
}

/** Without a header the columns are the roles in order. */
function plainLayout(first: Row, options: LayoutOptions): Layout | RecordFault {
  const required = options.roles.filter(({ optional }) => !optional);
  const roles = [required, options.roles].find(({ length }) => length === first.cells.length);
  if (!roles) {
    const expected = `${columnCount(required.map(({ name }) => name))}, or a header with these names,`;
    return wrongCount(first, expected, { count: required.length, ...options });
  }
  const indexes = options.roles.map((role) => (roles.includes(role) ? roles.indexOf(role) : undefined));
  return tableLayout(options, { hasHeader: false, indexes, names: roles.map(({ name }) => name) });
}

interface TableColumns {
  readonly hasHeader: boolean;
  /** By role. */
  readonly indexes: readonly (number | undefined)[];
  readonly names: readonly string[];
}

function tableLayout(options: LayoutOptions, { hasHeader, indexes, names }: TableColumns): Layout {
  const { roles, file } = options;
  const count = names.length;
  const expected = columnCount(names);
  return {
    hasHeader,
    find(row) {
      if (row.cells.length !== count) return wrongCount(row, expected, { count, ...options });
      const fields: Record<string, string> = {};
      const places: Record<string, Place> = {};
      for (const [i, { name, optional }] of roles.entries()) {
        const index = indexes[i];
        if (index === undefined) continue;
        const { text, line, column } = row.cells[index] as Cell;
        const field = normalizeText(text);
        if (field === "" && optional) continue;
        if (field === "") return new RecordFault(`a text for ${name}`, "an empty field", { line, column });
        fields[name] = field;
        places[name] = { file, line, column };
      }
      const found: Found = { fields, places };
      return found;
    },
  };
}

function columnCount(names: readonly string[]): string {
  const some = names.length > 6 ? [...names.slice(0, 6), "…"] : names;
  return `${names.length} ${names.length === 1 ? "column" : "columns"} (${some.join(", ")})`;
}

function wrongCount(
  { cells, last }: Row,
  expected: string,
  { count, format }: { count: number; format: RecordFormat },
): RecordFault {
  const extra = cells[count];
  if (extra) return new RecordFault(expected, String(cells.length), { line: extra.line, column: extra.column - 1 });
  const mend = cells.length === 1 ? `; part columns by a ${format === "tsv" ? "tab" : "comma"}` : "";
  const place = { line: last.number, column: columnAt(last.text, last.text.length) };
  return new RecordFault(expected, `${cells.length}${mend}`, place);
}
