import { type AttentionMap, checkAttentionMap } from "../attention-map.ts";
import { sequentialTable, shadeIndex, signedIndex, signedTable } from "../color-table.ts";
import { messages } from "../messages.ts";
import { formatNumber, formatWeight } from "../number-text.ts";
import { niceStep } from "../ticks.ts";
import { titleText } from "../token-text.ts";
import { quotedToken } from "./attention-map-data.ts";
import { define, setAttribute, setText } from "./base.ts";
import { fitsBeside, layoutPanel, type PanelLayout, panelRoom } from "./compare-layout.ts";
import { compareMessages } from "./compare-messages.ts";
import { changedRows, type Difference, difference } from "./compare-model.ts";
import { buildCompare, type CompareParts, differenceTable, showLegend, signedWeight } from "./compare-parts.ts";
import { quotedRow } from "./compare-ranks.ts";
import { COMPARE_STYLE } from "./compare-style.ts";
import { type RowDivergence, rankRows } from "./divergence.ts";
import { PointingElement } from "./pointing.ts";
import { cellAfterArrow, type Place, shownPlace } from "./selection.ts";
import { speakWhileFocused } from "./telling.ts";

interface Pair {
  readonly a: AttentionMap;
  readonly b: AttentionMap;
  readonly difference: Difference | undefined;
  readonly ranked: readonly RowDivergence[];
}

/**
 * `<fovea-compare>`: two maps and their difference beside each other, on one scale, with one place pointed at in all three, and
 * the rows that differ most first. Events `fovea-point`, `fovea-pin` and `fovea-status`.
 */
export class FoveaCompare extends PointingElement {
  #a: AttentionMap | undefined;
  #b: AttentionMap | undefined;
  #masked: readonly number[] = [];
  #pair: Pair | undefined;
  /** The cell that the arrow keys move. */
  #cell: Required<Place> = { query: 0, key: 0 };
  #drawn = "";
  readonly #parts: CompareParts;

  constructor() {
    super(COMPARE_STYLE);
    this.#parts = buildCompare(this.content, {
      point: (row) => this.act({ kind: "point", place: row === undefined ? undefined : { query: row } }),
      choose: (row) => this.act({ kind: "click", place: { query: row } }),
    });
    speakWhileFocused(this, this.#parts.status);
    this.#listen();
  }

  get a(): AttentionMap | undefined {
    return this.#a;
  }

  set a(map: AttentionMap | undefined) {
    if (map) checkAttentionMap(map);
    this.#a = map;
    this.#change();
  }

  get b(): AttentionMap | undefined {
    return this.#b;
  }

  set b(map: AttentionMap | undefined) {
    if (map) checkAttentionMap(map);
    this.#b = map;
    this.#change();
  }

  /** Places of the keys that B may not read; they are struck out in it. */
  get masked(): readonly number[] {
    return this.#masked;
  }

  set masked(masked: readonly number[] | undefined) {
    this.#masked = masked ?? [];
    this.#drawn = "";
    this.invalidate();
  }

  #change(): void {
    this.#pair = undefined;
    this.#drawn = "";
    this.invalidate();
  }

  #listen(): void {
    const { panels, a, b, difference: signed, details } = this.#parts;
    for (const panel of [a, b, signed]) {
      panel.canvas.addEventListener("pointermove", (event) => {
        if (event.pointerType !== "touch") this.act({ kind: "point", place: panel.placeAt(event) });
      });
      panel.canvas.addEventListener("pointerleave", () => this.act({ kind: "point", place: undefined }));
      panel.canvas.addEventListener("click", (event) => {
        const place = panel.placeAt(event);
        if (place) this.act({ kind: "click", place });
      });
    }
    panels.addEventListener("keydown", (event) => this.#onKey(event));
    panels.addEventListener("focusout", () => this.act({ kind: "point", place: undefined }));
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.act({ kind: "escape" });
    });
    details.addEventListener("toggle", () => {
      this.#drawn = "";
      this.invalidate();
    });
  }

  #onKey(event: KeyboardEvent): void {
    const pair = this.#pair;
    if (!pair || event.ctrlKey || event.metaKey || event.altKey) return;
    const { a, b } = pair;
    const rows = Math.max(a.rows.length, b.rows.length);
    const columns = Math.max(a.columns.length, b.columns.length);
    const from = { ...this.#cell, ...shownPlace(this.pointing) };
    const target = cellAfterArrow(event.key, from, { rows, columns });
    if (event.key === "Enter" || event.key === " ") this.act({ kind: "click", place: this.#cell });
    else if (target) this.#moveTo(target);
    else return;
    event.preventDefault();
  }

  #moveTo(target: Required<Place>): void {
    // The first key shows where one is.
    if (this.pointing.pointed) this.#cell = target;
    this.act({ kind: "point", place: this.#cell });
  }

  #compared(): Pair | undefined {
    const [a, b] = [this.#a, this.#b];
    if (!a || !b || a.rows.length * a.columns.length * b.rows.length * b.columns.length === 0) return undefined;
    if (!this.#pair) {
      const signed = difference(a, b);
      this.#pair = { a, b, difference: signed, ranked: signed ? rankRows(a, b) : [] };
    }
    return this.#pair;
  }

  protected override draw(): void {
    const { empty, all } = this.#parts;
    const pair = this.#compared();
    empty.hidden = pair !== undefined;
    all.hidden = pair === undefined;
    setText(empty, compareMessages(this.language).empty);
    if (!pair) {
      this.telling.update("");
      return;
    }
    // What is pointed at changes often, all else seldom.
    const drawn = [this.width, this.language, this.activeTheme, devicePixelRatio].join();
    if (drawn !== this.#drawn) this.#drawPictures(pair);
    this.#drawn = drawn;
    this.#drawPlace(pair);
  }

  #drawPictures(pair: Pair): void {
    const { a, b } = pair;
    const { parts, words } = { parts: this.#parts, words: compareMessages(this.language) };
    const count = pair.difference ? 3 : 2;
    const room = this.width - 6;
    const beside = fitsBeside(room, longestTokens(a, b), count);
    parts.panels.classList.toggle("stacked", !beside);
    setAttribute(parts.panels, "aria-label", words.panels);
    const panel = beside ? panelRoom(room, count) : room;
    const shared = pair.difference ? layoutPanel({ ...longestTokens(a, b), room: panel }) : undefined;
    const table = sequentialTable(this.activeTheme);
    const changed = new Set(pair.difference ? changedRows(a, b) : []);
    for (const [picture, map, name, struck] of [
      [parts.a, a, words.a, []],
      [parts.b, b, words.b, this.#masked],
    ] as const) {
      const caption = map.title ? `${name}: ${titleText(map.title)}` : name;
      const axes = messages(this.language).axes[map.axes ?? "tokens"];
      const said = messages(this.language).mapSummary(axes.rows(map.rows.length), axes.columns(map.columns.length));
      const { rows, columns } = map;
      const masked = new Set(struck.filter((place) => place >= 0 && place < columns.length));
      const out = [...masked].map((place) => quotedToken(columns[place] as string));
      const summary = `${name}: ${said}${out.length > 0 ? words.masked(out) : ""}`;
      const shades = Array.from(map.weights, shadeIndex);
      const layout = shared ?? layoutPanel({ rows, columns, room: panel });
      picture.update({ caption, summary, rows, columns, changed, masked, shades, table, layout });
    }
    showLegend(parts.weightLegend, { name: words.weight, low: "0", high: "1", table });
    this.#drawDifference(pair, shared, changed);
    setText(parts.summary, words.table);
    if (parts.details.open && pair.difference) this.#drawTable(pair, pair.difference);
  }

  #drawDifference(
    { a, b, difference: signed }: Pair,
    layout: PanelLayout | undefined,
    changed: ReadonlySet<number>,
  ): void {
    const { parts, words } = { parts: this.#parts, words: compareMessages(this.language) };
    for (const part of [parts.difference.element, parts.signedLegend, parts.ranking, parts.details]) {
      part.hidden = !signed;
    }
    parts.otherColumns.hidden = signed !== undefined;
    setText(parts.otherColumns, words.otherColumns);
    setText(parts.rankName, words.ranked);
    setText(parts.rankNote, words.rankedNote);
    if (!signed || !layout) return;
    const most = signed.largest > 0 ? niceStep(signed.largest) : 1;
    const rows = (a.rows.length < b.rows.length ? a : b).rows;
    const table = signedTable(this.activeTheme);
    parts.difference.update({
      caption: words.difference,
      summary: words.difference,
      rows,
      columns: a.columns,
      changed,
      shades: Array.from(signed.values, (value) => signedIndex(value / most)),
      table,
      layout,
    });
    const [low, high] = [`−${formatNumber(most)}`, `+${formatNumber(most)}`];
    showLegend(parts.signedLegend, { name: words.signed, low, high, table });
  }

  #drawTable({ a, b }: Pair, signed: Difference): void {
    const words = compareMessages(this.language);
    const axes = messages(this.language).axes[a.axes ?? "tokens"];
    const names = [axes.row, axes.column, words.a, words.b, words.differenceColumn];
    this.#parts.rows.replaceChildren(differenceTable({ a, b }, signed, names));
  }

  #drawPlace(pair: Pair): void {
    const { parts, words } = { parts: this.#parts, words: compareMessages(this.language) };
    const place = shownPlace(this.pointing);
    for (const panel of [parts.a, parts.b, parts.difference]) panel.point(place);
    const { pinned } = this.pointing;
    parts.ranks.update({
      ...pair,
      lit: place?.query,
      pinned: pinned?.key === undefined ? pinned?.query : undefined,
      words,
    });
    const text = this.named(place ? this.#describe(pair, place) : "");
    parts.status.classList.toggle("on", text !== "");
    setText(parts.status, text || words.hint);
    this.telling.update(text);
  }

  #describe({ a, b, difference: signed, ranked }: Pair, { query, key }: Place): string {
    const words = compareMessages(this.language);
    const axes = messages(this.language).axes[a.axes ?? "tokens"];
    const rows = Math.max(a.rows.length, b.rows.length);
    if (query === undefined || query >= rows) return "";
    const bits = ranked.find(({ row }) => row === query)?.bits.toFixed(3);
    const tokens = quotedRow(a, b, query);
    const token = key === undefined ? undefined : (a.columns[key] ?? b.columns[key]);
    if (key === undefined || token === undefined) {
      return bits === undefined ? "" : words.row({ axis: axes.row, tokens, place: query + 1, bits });
    }
    const weight = (map: AttentionMap) => {
      const isThere = query < map.rows.length && key < map.columns.length;
      return isThere ? formatWeight(map.weights[query * map.columns.length + key] as number) : "–";
    };
    const value = signed && query < signed.rows ? signed.values[query * signed.columns + key] : undefined;
    return words.cell({
      row: axes.row,
      rows: tokens,
      rowPlace: query + 1,
      column: axes.column,
      token: quotedToken(token),
      columnPlace: key + 1,
      a: weight(a),
      b: weight(b),
      difference: value === undefined ? undefined : signedWeight(value),
      bits,
    });
  }
}

/** Rows and columns as many as either map has, each the longer of the two tokens, so that both find room. */
function longestTokens(a: AttentionMap, b: AttentionMap): { rows: string[]; columns: string[] } {
  const longer = (first: readonly string[], second: readonly string[]) =>
    Array.from({ length: Math.max(first.length, second.length) }, (_, place) => {
      const [one, other] = [first[place] ?? "", second[place] ?? ""];
      return one.length < other.length ? other : one;
    });
  return { rows: longer(a.rows, b.rows), columns: longer(a.columns, b.columns) };
}

define("fovea-compare", FoveaCompare);

declare global {
  interface HTMLElementTagNameMap {
    "fovea-compare": FoveaCompare;
  }
}
