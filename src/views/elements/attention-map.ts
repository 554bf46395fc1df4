import { type Rgb, sequentialTable } from "../color-table.ts";
import { messages } from "../messages.ts";
import { formatNumber } from "../number-text.ts";
import { type Cell, cellOf, type DrawnMap, drawnMap, type MapScale, placeOf } from "./attention-map-data.ts";
import { type MapFrame, makeFrame } from "./attention-map-frame.ts";
import { listen, type MapControl } from "./attention-map-input.ts";
import { updateLabels } from "./attention-map-labels.ts";
import { cellAt, labelAt, layoutMatrix, type MatrixLayout } from "./attention-map-layout.ts";
import { type MarkContext, sentenceOf, updateChip, updateMarks, updateTip } from "./attention-map-marks.ts";
import {
  type DrawnWindow,
  holds,
  paintRamp,
  paintWindow,
  type Seen,
  updateBars,
  windowAround,
} from "./attention-map-paint.ts";
import { MapProperties, type MapView } from "./attention-map-properties.ts";
import { Rover } from "./attention-map-rover.ts";
import { ATTENTION_MAP_STYLE } from "./attention-map-style.ts";
import { buildTable } from "./attention-map-table.ts";
import { applyLayout, drawMasks, drawTools } from "./attention-map-tools.ts";
import { define, setAttribute, setText } from "./base.ts";
import { elementMessages } from "./messages.ts";
import { type Place, shownPlace } from "./selection.ts";
import { speakWhileFocused } from "./telling.ts";

/** What a reader may change with the tools of the element: detail of `fovea-change`. */
export interface MapLook {
  readonly scale: MapScale;
  readonly transposed: boolean;
  readonly view: MapView;
  readonly zoom: number;
}

const TALLEST = 640;

/**
 * `<fovea-attention-map>`: an attention matrix to look into, rows output and columns input. Set `map`; the rest is optional.
 *
 * Events, all bubbling: `fovea-point` and `fovea-pin` with `{ query, key }` or null, `fovea-status` with `{ text }`,
 * `fovea-query-click` and `fovea-key-click` with `{ place }` when a label is activated, `fovea-change` with a `MapLook` when the
 * reader used a tool.
 */
export class FoveaAttentionMap extends MapProperties {
  readonly #frame: MapFrame;
  readonly #rover: Rover;
  #drawn: DrawnMap | undefined;
  #layout: MatrixLayout | undefined;
  #window: DrawnWindow | undefined;
  #scroll = { left: 0, top: 0 };

  constructor() {
    super(ATTENTION_MAP_STYLE);
    this.#frame = makeFrame(this.content);
    this.#rover = new Rover(this.#frame);
    listen(this.#frame, this.#rover, this.#control());
    speakWhileFocused(this, this.#frame.status);
    this.#frame.scroller.addEventListener("scroll", () => this.#onScroll(), { passive: true });
  }

  /** The cells as drawn: turned as asked. */
  get cells(): { readonly rows: number; readonly columns: number; readonly weights: ArrayLike<number> } {
    const { rows, columns, weights } = this.#current();
    return { rows, columns, weights };
  }

  /** The colour of a cell as drawn. */
  colorAt(row: number, column: number): Rgb {
    const { shades, columns } = this.#current();
    return sequentialTable(this.activeTheme)[shades[row * columns + column] as number] as Rgb;
  }

  protected override forget(): void {
    this.#drawn = undefined;
  }

  #current(): DrawnMap {
    const options = { scale: this.scale, gamma: this.gamma, transposed: this.transposed };
    this.#drawn ??= drawnMap(this.map, options);
    return this.#drawn;
  }

  protected override draw(): void {
    const frame = this.#frame;
    const own = elementMessages(this.language);
    const isEmpty = this.map.rows.length === 0 || this.map.columns.length === 0;
    const isTable = this.view === "table" && !isEmpty;
    setText(frame.empty, own.empty);
    frame.empty.hidden = !isEmpty;
    frame.tools.hidden = isEmpty || this.bare;
    frame.legend.hidden = isEmpty || isTable || this.bare;
    frame.status.hidden = isEmpty || isTable || this.bare;
    frame.scroller.hidden = isEmpty || isTable;
    frame.tableHolder.hidden = !isTable;
    if (!isTable) frame.tableHolder.replaceChildren();
    if (isEmpty) {
      frame.tip.hidden = true;
      this.telling.update("");
      return;
    }
    this.#drawTools();
    if (isTable) {
      const context = this.#context();
      buildTable(frame.tableHolder, this.map, context);
      frame.tip.hidden = true;
      this.telling.update("");
      return;
    }
    if (this.width > 0) this.#drawMatrix();
  }

  #drawTools(): void {
    drawTools(this.#frame, {
      own: elementMessages(this.language),
      ...{ scale: this.scale, gamma: this.gamma, transposed: this.transposed },
      ...{ view: this.view, zoom: this.zoom, largestZoom: this.#layout?.largestZoom ?? 1 },
    });
  }

  #drawMatrix(): void {
    const frame = this.#frame;
    const drawn = this.#current();
    const layout = layoutMatrix({
      rowTokens: drawn.rowTokens,
      columnTokens: drawn.columnTokens,
      width: this.width,
      tall: Math.max(220, Math.min(TALLEST, innerHeight * 0.6)),
      zoom: this.zoom,
      density: devicePixelRatio || 1,
      bars: this.bars,
    });
    this.#layout = layout;
    this.#window = windowAround(layout, this.#seen(), devicePixelRatio || 1);
    applyLayout(frame, layout);
    const context = this.#context();
    const { words, own, axes } = context;
    const names = this.transposed ? [axes.column, axes.row] : [axes.row, axes.column];
    setText(frame.sideCaption, names[0] as string);
    setText(frame.headCaption, names[1] as string);
    setAttribute(
      frame.sheet,
      "aria-label",
      words.mapSummary(axes.rows(this.map.rows.length), axes.columns(this.map.columns.length)),
    );
    setAttribute(frame.sheet, "aria-rowcount", drawn.rows + 1);
    setAttribute(frame.sheet, "aria-colcount", drawn.columns + 1);
    const gamma = this.scale === "gamma" ? this.gamma : 1;
    paintRamp(frame.ramp, sequentialTable(this.activeTheme), gamma);
    const share = this.transposed ? words.columnMaximum : words.rowMaximum;
    const caption = { absolute: words.weight, row: share, gamma: own.gammaCaption(formatNumber(gamma, 3)) };
    setText(frame.legendCaption, caption[this.scale]);
    const [beside, under] = this.transposed ? [own.coverage, words.entropy] : [words.entropy, own.coverage];
    const isRoomy = this.bars && layout.numbers;
    setText(frame.end.children[0] as Element, isRoomy ? `↑ ${beside}` : "");
    setText(frame.end.children[1] as Element, isRoomy ? `← ${under}` : "");
    setText(frame.barsNote, this.bars && !isRoomy ? `→ ${beside}   ↓ ${under}` : "");
    this.#drawWindow();
    this.showPlace();
    this.#drawTools();
  }

  /** What depends on the part that is seen. */
  #drawWindow(): void {
    const [layout, window, drawn] = [this.#layout, this.#window, this.#current()];
    if (!layout || !window) return;
    const masked = new Set(this.masked);
    const none = new Set<number>();
    const [maskedRows, maskedColumns] = this.transposed ? [masked, none] : [none, masked];
    updateLabels(this.#frame, { layout, rows: window.rows, columns: window.columns, maskedRows, maskedColumns });
    paintWindow(this.#frame, drawn, { layout, window, theme: this.activeTheme });
    drawMasks(this.#frame, layout, { rows: maskedRows, columns: maskedColumns });
    const entropy = { values: drawn.entropy, most: Math.log2(Math.max(2, this.map.columns.length)) };
    const coverage = { values: drawn.coverage, most: Math.max(1e-9, ...drawn.coverage) };
    const [rows, columns] = this.transposed ? [coverage, entropy] : [entropy, coverage];
    updateBars(this.#frame, { layout, window, rows, columns });
  }

  #context(): MarkContext & { readonly layout: MatrixLayout } {
    const words = messages(this.language);
    return {
      map: this.map,
      drawn: this.#current(),
      layout: this.#layout as MatrixLayout,
      transposed: this.transposed,
      words,
      own: elementMessages(this.language),
      axes: words.axes[this.map.axes ?? "tokens"],
    };
  }

  /** A place that this map has; the selection may come from a longer one. */
  #valid(place: Place | undefined): Place | undefined {
    if (place === undefined) return undefined;
    const { rows, columns } = this.map;
    const isIn = (place.query ?? 0) < rows.length && (place.key ?? 0) < columns.length;
    return isIn ? place : undefined;
  }

  protected override showPlace(): void {
    const layout = this.#layout;
    if (!layout || this.map.rows.length === 0 || !this.isConnected) return;
    const context = this.#context();
    const shown = this.#valid(shownPlace(this.pointing));
    const pinned = this.#valid(this.pointing.pinned);
    updateMarks(this.#frame, context, { shown, pinned });
    updateChip(this.#frame, context, pinned);
    const sentence = this.named(sentenceOf(context, shown) ?? "");
    setText(this.#frame.status, sentence || context.words.hint);
    this.#frame.status.classList.toggle("on", sentence !== "");
    this.telling.update(sentence);
    // What is pinned alone has its chip; a tooltip that stayed would cover the cells beside it.
    const pointed = this.view === "matrix" ? this.#valid(this.pointing.pointed) : undefined;
    const { row, column } = cellOf(pointed ?? {}, this.transposed);
    const { scroller, tools } = this.#frame;
    const x = layout.rows.labelRoom + (column + 0.5) * layout.columns.size - this.#scroll.left;
    const top = tools.hidden ? 0 : scroller.offsetTop;
    const y = top + layout.columns.labelRoom + (row + 0.5) * layout.rows.size - this.#scroll.top;
    updateTip(this.#frame, context, { place: pointed, x, y, width: this.width });
    const { cell } = this.#rover;
    const inside = {
      row: Math.min(cell.row, layout.rows.count - 1),
      column: Math.min(cell.column, layout.columns.count - 1),
    };
    this.#rover.cell = inside;
    this.#rover.place(layout, this.#roverLabel(inside));
  }

  #roverLabel({ row, column }: Cell): string {
    const { columns, weights, rowTokens, columnTokens } = this.#current();
    if (row < 0) return columnTokens[column] ?? "";
    if (column < 0) return rowTokens[row] ?? "";
    return ((weights[row * columns + column] as number) ?? 0).toFixed(3);
  }

  #change(change: Partial<MapLook>): void {
    Object.assign(this, change);
    const { scale, transposed, view, zoom } = this;
    this.emit("fovea-change", { scale, transposed, view, zoom } satisfies MapLook);
  }

  #control(): MapControl {
    const place = (cell: Cell) => placeOf(cell, this.transposed);
    return {
      size: () => this.#current(),
      cellUnder: (x, y) => {
        const layout = this.#layout as MatrixLayout;
        const cell = { row: cellAt(layout.rows, y), column: cellAt(layout.columns, x) };
        return cell.row < 0 || cell.column < 0 ? undefined : cell;
      },
      labelUnder: (axis, x, y) => labelAt(this.#layout as MatrixLayout, axis, { x, y }),
      act: (kind, cell) => {
        if (kind === "point") this.act({ kind, place: cell && place(cell) });
        else if (cell) this.act({ kind, place: place(cell) });
      },
      escape: () => this.act({ kind: "escape" }),
      moveTo: (cell, by) => this.#moveTo(cell, by),
      activateLabel: (cell) => {
        const { query, key } = place(cell);
        if (query !== undefined) this.emit("fovea-query-click", { place: query });
        else if (key !== undefined) this.emit("fovea-key-click", { place: key });
      },
      transpose: () => this.#change({ transposed: !this.transposed }),
      zoomBy: (factor, about) => this.#zoomBy(factor, about),
      change: ({ scale, toggleView }) => {
        if (scale) this.#change({ scale: scale as MapScale });
        if (toggleView) this.#change({ view: this.view === "matrix" ? "table" : "matrix" });
      },
    };
  }

  #moveTo(cell: Cell, by: "keys" | "pointer"): void {
    const layout = this.#layout;
    if (!layout) return;
    if (by === "keys") this.#scrollTo(cell, layout);
    this.#rover.move(cell, layout, { label: this.#roverLabel(cell), ring: by === "keys" });
    if (by === "keys") this.act({ kind: "point", place: placeOf(cell, this.transposed) });
  }

  #scrollTo({ row, column }: Cell, { rows, columns }: MatrixLayout): void {
    const { left, top, width, height } = this.#seen();
    const inside = (start: number, extent: number, at: number, size: number) =>
      at < start ? at : at + size > start + extent ? at + size - extent : start;
    const to = {
      left: column < 0 ? left : inside(left, width, column * columns.size, columns.size),
      top: row < 0 ? top : inside(top, height, row * rows.size, rows.size),
    };
    if (to.left !== left || to.top !== top) this.#frame.scroller.scrollTo(to);
  }

  #seen(): Seen {
    const { scroller } = this.#frame;
    const layout = this.#layout;
    const taken = layout
      ? { x: layout.rows.labelRoom + layout.sideRoom, y: layout.columns.labelRoom + layout.footRoom }
      : { x: 0, y: 0 };
    return {
      left: scroller.scrollLeft,
      top: scroller.scrollTop,
      width: Math.max(1, (scroller.clientWidth || this.width) - taken.x),
      height: Math.max(1, (scroller.clientHeight || innerHeight) - taken.y),
    };
  }

  #onScroll(): void {
    const { scroller } = this.#frame;
    this.#scroll = { left: scroller.scrollLeft, top: scroller.scrollTop };
    const layout = this.#layout;
    if (layout && this.#window && !holds(this.#window, layout, this.#seen())) {
      this.#window = windowAround(layout, this.#seen(), devicePixelRatio || 1);
      this.#drawWindow();
    }
    if (shownPlace(this.pointing)) this.showPlace();
  }

  #zoomBy(factor: number, about?: { readonly x: number; readonly y: number }): void {
    const before = this.#layout;
    if (!before) return;
    const { scroller } = this.#frame;
    const zoom = Math.min(before.largestZoom, Math.max(1, this.zoom * factor));
    if (zoom === this.zoom) return;
    const x = (about?.x ?? scroller.clientWidth / 2) - before.rows.labelRoom;
    const y = (about?.y ?? scroller.clientHeight / 2) - before.columns.labelRoom;
    const share = {
      x: (scroller.scrollLeft + x) / before.columns.extent,
      y: (scroller.scrollTop + y) / before.rows.extent,
    };
    this.#change({ zoom });
    this.drawNow();
    const { rows, columns } = this.#layout as MatrixLayout;
    scroller.scrollTo({ left: share.x * columns.extent - x, top: share.y * rows.extent - y });
  }
}

define("fovea-attention-map", FoveaAttentionMap);

declare global {
  interface HTMLElementTagNameMap {
    "fovea-attention-map": FoveaAttentionMap;
  }
}
