import type { AttentionMap, MapAxes } from "../attention-map.ts";
import { sequentialTable } from "../color-table.ts";
import { messages } from "../messages.ts";
import { formatNumber } from "../number-text.ts";
import "./attention-map.ts";
import { cellFacts, type MapScale } from "./attention-map-data.ts";
import { keepCount } from "./attention-map-labels.ts";
import { paintRamp } from "./attention-map-paint.ts";
import { define, setAttribute, setText } from "./base.ts";
import {
  checkHeads,
  type Head,
  type HeadSort,
  type HeadTokens,
  headAfterKey,
  type RatedHead,
  rateHeads,
  sortHeads,
} from "./head-grid-data.ts";
import { type GridFrame, makeGridFrame } from "./head-grid-frame.ts";
import { HEAD_GRID_STYLE } from "./head-grid-style.ts";
import { makeTile, markTile, pictureHeight, type Tile, updateBadges, updateTile } from "./head-grid-tiles.ts";
import { elementMessages } from "./messages.ts";
import { PointingElement } from "./pointing.ts";
import { type Place, type Selection, shownPlace } from "./selection.ts";
import { speakWhileFocused } from "./telling.ts";

/**
 * `<fovea-head-grid>`: small maps of many heads, sorted, with computed badges (`head-badges.ts` has the formulas). Set `heads` and
 * `tokens`.
 *
 * Events, all bubbling: `fovea-head` with `{ index }` when a head is chosen, `fovea-alone` with `{ index }` or null when one is
 * shown alone or all are again, `fovea-point` with `{ query, key, head }` or null, `fovea-status` with `{ text }`.
 */
export class FoveaHeadGrid extends PointingElement {
  readonly #frame: GridFrame;
  readonly #tiles: Tile[] = [];
  #heads: readonly Head[] = [];
  #tokens: HeadTokens | undefined;
  #axes: MapAxes = "queries";
  #sort: HeadSort = "layer";
  #scale: MapScale = "absolute";
  #gamma = 0.5;
  #selected: number | undefined;
  #alone: number | undefined;
  #rated: RatedHead[] | undefined;
  #sorted: RatedHead[] = [];
  #painted = "";
  #hovered: RatedHead | undefined;
  #current = 0;

  constructor() {
    super(HEAD_GRID_STYLE);
    this.#frame = makeGridFrame(this.content);
    speakWhileFocused(this, this.#frame.status);
    this.#listen();
  }

  /** The heads, in the order of their colours. @throws ShapeError when weights are not rows × columns */
  get heads(): readonly Head[] {
    return this.#heads;
  }

  set heads(heads: readonly Head[] | undefined) {
    checkHeads(heads ?? []);
    this.#heads = heads ?? [];
    this.#stale();
  }

  /** Texts of rows and columns, for what is said of a cell and for telling separators. */
  get tokens(): HeadTokens | undefined {
    return this.#tokens;
  }

  set tokens(tokens: HeadTokens | undefined) {
    this.#tokens = tokens;
    this.#stale();
  }

  /** What rows and columns are called. @default "queries" */
  get axes(): MapAxes {
    return this.#axes;
  }

  set axes(axes: MapAxes) {
    this.#axes = axes;
    this.invalidate();
  }

  /** @default "layer" */
  get sort(): HeadSort {
    return this.#sort;
  }

  set sort(sort: HeadSort) {
    this.#sort = sort;
    this.invalidate();
  }

  /** What colours stand for, as in the attention map. @default "absolute" */
  get scale(): MapScale {
    return this.#scale;
  }

  set scale(scale: MapScale) {
    this.#scale = scale;
    this.invalidate();
  }

  /** Place of the head that is chosen, among those given. */
  get selected(): number | undefined {
    return this.#selected;
  }

  set selected(index: number | undefined) {
    this.#selected = index;
    this.invalidate();
  }

  /** Place of the head that is shown alone, among those given. */
  get alone(): number | undefined {
    return this.#alone;
  }

  set alone(index: number | undefined) {
    this.#alone = index;
    this.invalidate();
  }

  /** What all heads show as pointed at, and the one that is shown alone. */
  override get selection(): Selection {
    return super.selection;
  }

  override set selection(selection: Selection | undefined) {
    super.selection = selection;
    this.#frame.map.selection = selection;
  }

  /** Badges and means of each head, in the order given. */
  get facts(): readonly RatedHead[] {
    this.#rated ??= rateHeads(this.#heads, this.#tokens);
    return this.#rated;
  }

  #stale(): void {
    this.#rated = undefined;
    this.#painted = "";
    this.#hovered = undefined;
    this.invalidate();
  }

  protected override draw(): void {
    const frame = this.#frame;
    const own = elementMessages(this.language);
    const isEmpty = this.#heads.length === 0;
    const alone = this.#alone === undefined ? undefined : this.facts[this.#alone];
    setText(frame.empty, own.noHeads);
    frame.empty.hidden = !isEmpty;
    frame.tools.hidden = isEmpty;
    frame.back.hidden = alone === undefined;
    frame.sorting.hidden = alone !== undefined;
    frame.scaling.hidden = alone !== undefined;
    frame.aloneHolder.hidden = alone === undefined;
    for (const part of [frame.heads, frame.legend, frame.status]) part.hidden = isEmpty || alone !== undefined;
    if (isEmpty || alone) this.telling.update("");
    if (isEmpty) return;
    this.#drawTools();
    if (alone) {
      this.#drawAlone(alone);
      return;
    }
    this.#drawHeads();
  }

  #drawTools(): void {
    const frame = this.#frame;
    const own = elementMessages(this.language);
    const alone = this.#alone === undefined ? undefined : this.#heads[this.#alone];
    setText(frame.back, `← ${own.allHeads}`);
    setText(frame.count, alone ? alone.label : own.heads(this.#heads.length));
    setText(frame.sortLabel, own.sortBy);
    for (const option of frame.sort.options) setText(option, own.sorts[option.value as HeadSort]);
    frame.sort.value = this.#sort;
    setAttribute(frame.scale, "aria-label", own.scale);
    const names = [own.scaleAbsolute, own.scaleRow, own.scaleGamma(formatNumber(this.#gamma, 3))];
    for (const [i, name] of names.entries()) setText(frame.scale.options[i] as Element, name);
    frame.scale.value = this.#scale;
    const words = messages(this.language);
    const gammaCaption = own.gammaCaption(formatNumber(this.#gamma, 3));
    setText(frame.legendCaption, { absolute: words.weight, row: words.rowMaximum, gamma: gammaCaption }[this.#scale]);
    paintRamp(frame.ramp, sequentialTable(this.activeTheme), this.#scale === "gamma" ? this.#gamma : 1);
    setAttribute(frame.heads, "aria-label", own.heads(this.#heads.length));
  }

  #drawAlone(alone: RatedHead): void {
    const { map, aloneBadges } = this.#frame;
    map.map = this.#mapOf(alone);
    updateBadges(aloneBadges, alone.badges, { own: elementMessages(this.language), from: 0 });
  }

  /** A head as a map; where texts are missing its places stand for them. */
  #mapOf({ head }: RatedHead): AttentionMap {
    const texts = (tokens: readonly string[] | undefined, count: number) =>
      tokens?.length === count ? tokens : Array.from({ length: count }, (_, place) => String(place + 1));
    return {
      axes: this.#axes,
      rows: texts(this.#tokens?.rows, head.rows),
      columns: texts(this.#tokens?.columns, head.columns),
      weights: head.weights,
    };
  }

  #drawHeads(): void {
    const { heads } = this.#frame;
    if (this.width === 0) return;
    this.#sorted = sortHeads(this.facts, this.#sort);
    keepCount(heads, this.#sorted.length, () => {
      const tile = makeTile();
      this.#tiles.push(tile);
      return tile.element;
    });
    this.#tiles.length = this.#sorted.length;
    this.#current = Math.min(this.#current, this.#sorted.length - 1);
    for (const [place, rated] of this.#sorted.entries()) {
      const { element } = this.#tiles[place] as Tile;
      setAttribute(element, "aria-selected", String(rated.index === this.#selected));
      element.tabIndex = place === this.#current ? 0 : -1;
    }
    const { language, activeTheme: theme } = this;
    const width = (this.#tiles[0] as Tile).picture.clientWidth;
    const key = [language, theme, this.#scale, this.#gamma, this.#sort, width, devicePixelRatio].join();
    if (key !== this.#painted) {
      this.#painted = key;
      const look = { own: elementMessages(language), theme, scale: this.#scale, gamma: this.#gamma, width };
      for (const [place, rated] of this.#sorted.entries()) updateTile(this.#tiles[place] as Tile, rated, look);
    }
    this.#pictureWidth = width;
    this.showPlace();
  }

  #pictureWidth = 0;

  protected override showPlace(): void {
    const place = shownPlace(this.pointing);
    const cell = { row: place?.query ?? -1, column: place?.key ?? -1 };
    const width = this.#pictureWidth;
    for (const [i, { head }] of this.#sorted.entries()) {
      const isIn = cell.row < head.rows && cell.column < head.columns;
      const size = { rows: head.rows, columns: head.columns, width, height: pictureHeight(head, width) };
      markTile(this.#tiles[i] as Tile, isIn ? cell : { row: -1, column: -1 }, size);
    }
    const { status } = this.#frame;
    const text = this.named(this.#sentence(place));
    setText(status, text || elementMessages(this.language).gridHint);
    status.classList.toggle("on", text !== "");
    this.telling.update(text);
  }

  #sentence(place: Place | undefined): string {
    const rated = this.#hovered;
    if (!rated || place?.query === undefined || place.key === undefined) return "";
    if (place.query >= rated.head.rows || place.key >= rated.head.columns) return "";
    const words = messages(this.language);
    const facts = cellFacts(this.#mapOf(rated), { query: place.query, key: place.key });
    return `${rated.head.label}: ${words.cell(facts, words.axes[this.#axes])}`;
  }

  #point(rated: RatedHead | undefined, place: Place | undefined): void {
    const wasOver = this.#hovered;
    this.#hovered = rated ?? wasOver;
    if (this.act({ kind: "point", place }) || this.#hovered === wasOver) return;
    this.telling.act();
    this.showPlace();
  }

  /** Which head it is in, too. */
  protected override detailOf(place: Place | undefined): unknown {
    return place && { ...place, head: this.#hovered?.index };
  }

  #choose(place: number): void {
    const rated = this.#sorted[place];
    if (!rated) return;
    this.#current = place;
    this.selected = rated.index;
    this.emit("fovea-head", { index: rated.index });
  }

  #showAlone(index: number | undefined): void {
    if (this.#alone === index) return;
    this.alone = index;
    this.drawNow();
    if (index === undefined) this.#tiles[this.#current]?.element.focus();
    else this.#frame.back.focus();
    this.emit("fovea-alone", index === undefined ? undefined : { index });
  }

  /** Place in the order shown of the head that an event is about. */
  #placeOf(event: Event): number {
    const element = (event.target as Element).closest(".head");
    return this.#tiles.findIndex((tile) => tile.element === element);
  }

  #listen(): void {
    const { heads, back, sort, scale, aloneHolder } = this.#frame;
    heads.addEventListener("pointermove", (event) => {
      const picture = event.target as HTMLElement;
      const rated = picture.className === "picture" ? this.#sorted[this.#placeOf(event)] : undefined;
      if (!rated) {
        this.#point(undefined, undefined);
        return;
      }
      const { rows, columns } = rated.head;
      const width = this.#pictureWidth;
      const query = Math.floor((event.offsetY * rows) / pictureHeight(rated.head, width));
      const key = Math.floor((event.offsetX * columns) / width);
      const isIn = query >= 0 && key >= 0 && query < rows && key < columns;
      this.#point(rated, isIn ? { query, key } : undefined);
    });
    heads.addEventListener("pointerleave", () => this.#point(undefined, undefined));
    heads.addEventListener("click", (event) => this.#choose(this.#placeOf(event)));
    heads.addEventListener("dblclick", (event) => this.#showAlone(this.#sorted[this.#placeOf(event)]?.index));
    heads.addEventListener("keydown", (event) => this.#onKey(event));
    aloneHolder.addEventListener("keydown", (event) => this.#onEscape(event));
    back.addEventListener("keydown", (event) => this.#onEscape(event));
    back.addEventListener("click", () => this.#showAlone(undefined));
    sort.addEventListener("change", () => {
      this.sort = sort.value as HeadSort;
    });
    scale.addEventListener("change", () => {
      this.scale = scale.value as MapScale;
    });
  }

  #onEscape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    this.#showAlone(undefined);
  }

  #onKey(event: KeyboardEvent): void {
    const place = this.#placeOf(event);
    if (place < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.shiftKey) this.#showAlone(this.#sorted[place]?.index);
    else if (event.key === "Enter" || event.key === " ") this.#choose(place);
    else {
      const top = (tile: Tile | undefined) => tile?.element.offsetTop;
      const perRow = this.#tiles.filter((tile) => top(tile) === top(this.#tiles[0])).length;
      const next = headAfterKey(event.key, place, { count: this.#sorted.length, perRow });
      if (next === undefined) return;
      (this.#tiles[this.#current] as Tile).element.tabIndex = -1;
      this.#current = next;
      const { element } = this.#tiles[next] as Tile;
      element.tabIndex = 0;
      element.focus();
    }
    event.preventDefault();
  }
}

define("fovea-head-grid", FoveaHeadGrid);

declare global {
  interface HTMLElementTagNameMap {
    "fovea-head-grid": FoveaHeadGrid;
  }
}
