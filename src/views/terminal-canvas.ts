import { graphemes, graphemeWidth } from "./display-width.ts";
import { type CellStyle, type ColorMode, sgrParameters } from "./terminal-color.ts";

/** A sheet of character cells. What falls outside it is cut off; a wide character takes two cells or none. */
export class TerminalCanvas {
  readonly width: number;
  readonly height: number;
  readonly #cells: ({ text: string; style: CellStyle } | undefined)[];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#cells = new Array(width * height).fill(undefined);
  }

  /** Writes one line of text from a cell on; without `paper` the colour below it stays. */
  write(x: number, y: number, text: string, style: CellStyle = {}): void {
    let column = x;
    for (const grapheme of graphemes(text)) {
      const width = graphemeWidth(grapheme);
      if (width === 0) continue;
      if (y >= 0 && y < this.height && column >= 0 && column + width <= this.width)
        this.#put(column, y, grapheme, style);
      column += width;
    }
  }

  #put(x: number, y: number, text: string, style: CellStyle): void {
    const place = y * this.width + x;
    const below = this.#cells[place]?.style.paper;
    this.#cells[place] = { text, style: below && !style.paper ? { ...style, paper: below } : style };
    for (let rest = 1; rest < graphemeWidth(text); rest++) this.#cells[place + rest] = { text: "", style };
  }

  /** The character in a cell, a space where nothing was written. */
  at(x: number, y: number): string {
    return this.#cells[y * this.width + x]?.text ?? " ";
  }

  /** The lines, without blanks at their ends. */
  toString(mode: ColorMode): string {
    return Array.from({ length: this.height }, (_, y) => this.#line(y, mode)).join("\n");
  }

  #line(y: number, mode: ColorMode): string {
    const cells = this.#cells.slice(y * this.width, (y + 1) * this.width);
    while (cells.length > 0 && isBlank(cells.at(-1), mode)) cells.pop();
    let line = "";
    let current = "";
    for (const cell of cells) {
      if (cell?.text === "") continue;
      const wanted = cell ? sgrParameters(cell.style, mode) : "";
      if (wanted !== current) line += wanted === "" ? "\x1b[0m" : `\x1b[${current === "" ? "" : "0;"}${wanted}m`;
      current = wanted;
      line += cell?.text ?? " ";
    }
    return current === "" ? line : `${line}\x1b[0m`;
  }
}

function isBlank(cell: { text: string; style: CellStyle } | undefined, mode: ColorMode): boolean {
  return cell === undefined || (cell.text === " " && (mode === "none" || cell.style.paper === undefined));
}
