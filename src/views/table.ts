import { ShapeError } from "../tensor/errors.ts";
import { displayWidth, pad, shorten } from "./display-width.ts";
import { element, escapeMarkup } from "./markup.ts";
import { formatNumber } from "./number-text.ts";
import { sgrParameters } from "./terminal-color.ts";
import { visibleText } from "./token-text.ts";

export interface TableColumn {
  readonly name: string;
  /** @default "right" where every value is a number, else "left" */
  readonly align?: "left" | "right";
  readonly format?: (value: string | number) => string;
}

export interface Table {
  readonly title?: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** @throws ShapeError when a row has not one value for each column */
export function checkTable(table: Table): void {
  const wrong = table.rows.findIndex((row) => row.length !== table.columns.length);
  if (wrong < 0) return;
  const found = table.rows[wrong]?.length;
  throw new ShapeError(`table: expected ${table.columns.length} values in row ${wrong + 1} but found ${found}`);
}

/** What each cell says, and how each column stands. */
function tableTexts(table: Table): { cells: string[][]; aligns: ("left" | "right")[] } {
  checkTable(table);
  const aligns = table.columns.map(({ align }, column) => {
    const numeric = table.rows.length > 0 && table.rows.every((row) => typeof row[column] === "number");
    return align ?? (numeric ? "right" : "left");
  });
  const cells = table.rows.map((row) =>
    row.map((value, column) => {
      const format = table.columns[column]?.format;
      if (format) return visibleText(format(value));
      return typeof value === "number" ? formatNumber(value) : visibleText(value);
    }),
  );
  return { cells, aligns };
}

export interface TableTextOptions {
  /** Columns of the terminal; wider tables lose the ends of their longest texts. */
  readonly width?: number;
  /** Whether the heading may be set in bold. @default false */
  readonly styled?: boolean;
  /** @default true */
  readonly unicode?: boolean;
}

const GAP = 2;

/** A table as lines of text: names, a rule, rows. */
export function tableText(table: Table, options: TableTextOptions = {}): string {
  const { styled = false, unicode = true } = options;
  const { cells, aligns } = tableTexts(table);
  const names = table.columns.map(({ name }) => visibleText(name));
  const natural = names.map((name, column) => {
    return cells.reduce((widest, row) => Math.max(widest, displayWidth(row[column] as string)), displayWidth(name));
  });
  const widths = options.width === undefined ? natural : narrowed(natural, options.width - GAP * (natural.length - 1));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, column) => pad(shorten(text, widths[column] as number), widths[column] as number, aligns[column]))
      .join(" ".repeat(GAP))
      .trimEnd();
  const bold = (text: string) => (styled ? `\x1b[${sgrParameters({ bold: true }, "256")}m${text}\x1b[0m` : text);
  const rule = widths.map((width) => (unicode ? "─" : "-").repeat(width)).join(" ".repeat(GAP));
  const title = table.title === undefined ? [] : [bold(visibleText(table.title))];
  return [...title, bold(line(names)), rule, ...cells.map(line)].join("\n");
}

/** Takes from the widest column until all fit, but leaves each at least 4. */
function narrowed(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((a, b) => a + b, 0);
  while (total() > room && Math.max(...widths) > 4) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

/** A table as HTML; columns of numbers have the class `number`. */
export function tableHtml(table: Table): string {
  const { cells, aligns } = tableTexts(table);
  const kind = (column: number) => (aligns[column] === "right" ? "number" : undefined);
  const heads = table.columns.map(({ name }, column) => {
    return element("th", { scope: "col", class: kind(column) }, escapeMarkup(visibleText(name)));
  });
  const body = cells.map((row) => {
    const data = row.map((text, column) => element("td", { class: kind(column) }, escapeMarkup(text)));
    return `<tr>${data.join("")}</tr>`;
  });
  const caption = table.title === undefined ? "" : `<caption>${escapeMarkup(visibleText(table.title))}</caption>`;
  return `<table>${caption}<thead><tr>${heads.join("")}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody></table>`;
}
