import { ShapeError } from "../../tensor/errors.ts";
import { type AttentionMap, checkAttentionMap } from "../attention-map.ts";
import { displayWidth } from "../display-width.ts";
import { messages } from "../messages.ts";
import { formatNumber } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
import { define, setAttribute, setText } from "./base.ts";
import { fitCanvas } from "./paint.ts";
import { PointingElement } from "./pointing.ts";
import { type ChosenEdges, chooseEdges, placeRibbons, type Ribbon, ribbonAt } from "./ribbons-layout.ts";
import { ribbonMessages } from "./ribbons-messages.ts";
import { paintRibbons } from "./ribbons-paint.ts";
import { buildRibbons, type RibbonParts, ribbonTable, updateHeads } from "./ribbons-parts.ts";
import { type RibbonSentences, type RibbonSubject, ribbonSentences } from "./ribbons-sentences.ts";
import { RIBBONS_STYLE } from "./ribbons-style.ts";
import type { TokenRow } from "./ribbons-tokens.ts";
import { type Place, shownPlace } from "./selection.ts";
import { speakWhileFocused } from "./telling.ts";

const HEIGHT = { wide: 170, narrow: 130 };
/** Width of the element below which it is drawn lower. */
const NARROW = 520;
/** Narrowest slot of a token of one character, widest of a word, and the widest stage that a canvas bears. */
const SLOT = { least: 11, most: 96, stage: 8000, legible: 8 };

/**
 * `<fovea-ribbons>`: output tokens above, input tokens below, and between them ribbons as wide as the weights. Events
 * `fovea-point`, `fovea-pin` and `fovea-status`, as all views of a map have them.
 */
export class FoveaRibbons extends PointingElement {
  #heads: readonly AttentionMap[] = [];
  #hidden: ReadonlySet<number> = new Set();
  #mass = 0.9;
  #chosen: ChosenEdges | undefined;
  #ribbons: readonly Ribbon[] = [];
  #placedFor = 0;
  readonly #parts: RibbonParts;

  constructor() {
    super(RIBBONS_STYLE);
    this.#parts = buildRibbons(this.content);
    speakWhileFocused(this, this.#parts.status);
    this.#listen();
  }

  get map(): AttentionMap | undefined {
    return this.#heads[0];
  }

  set map(map: AttentionMap | undefined) {
    this.heads = map === undefined ? [] : [map];
  }

  get heads(): readonly AttentionMap[] {
    return this.#heads;
  }

  /** Several maps over the same tokens. */
  set heads(heads: readonly AttentionMap[]) {
    const first = heads[0];
    for (const [index, map] of heads.entries()) {
      checkAttentionMap(map);
      if (map.rows.length === first?.rows.length && map.columns.length === first.columns.length) continue;
      const size = (of: AttentionMap | undefined) => `${of?.rows.length} × ${of?.columns.length}`;
      throw new ShapeError(`ribbons: expected heads of ${size(first)} but found ${size(map)} in head ${index + 1}`);
    }
    if (heads.length !== this.#heads.length) this.#hidden = new Set();
    this.#heads = heads;
    this.#choose();
  }

  get mass(): number {
    return this.#mass;
  }

  /** The share of each row's weight that is drawn. @default 0.9 */
  set mass(mass: number) {
    this.#mass = Math.min(1, Math.max(0, Number.isFinite(mass) ? mass : 0.9));
    this.#choose();
  }

  #choose(): void {
    this.#chosen = undefined;
    this.invalidate();
  }

  #listen(): void {
    const { canvas, top, bottom, slider, heads, details } = this.#parts;
    const at = (event: PointerEvent | MouseEvent) => this.#placeAt(event);
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "touch") this.act({ kind: "point", place: at(event) });
    });
    canvas.addEventListener("pointerleave", () => this.act({ kind: "point", place: undefined }));
    canvas.addEventListener("click", (event) => {
      const place = at(event);
      this.act(place ? { kind: "click", place } : { kind: "escape" });
    });
    this.#listenTo(top, "query");
    this.#listenTo(bottom, "key");
    details.addEventListener("toggle", () => this.invalidate());
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.act({ kind: "escape" });
    });
    slider.addEventListener("input", () => {
      this.mass = slider.valueAsNumber / 100;
    });
    heads.addEventListener("click", (event) => this.#toggleHead(event.target));
  }

  #listenTo(row: TokenRow, name: "query" | "key"): void {
    const place = (event: Event) => {
      const index = row.placeOf(event.target);
      return index === undefined ? undefined : { [name]: index };
    };
    const point = (event: Event) => this.act({ kind: "point", place: place(event) });
    const leave = () => this.act({ kind: "point", place: undefined });
    row.element.addEventListener("pointerover", (event) => event.pointerType !== "touch" && point(event));
    row.element.addEventListener("focusin", point);
    row.element.addEventListener("pointerleave", leave);
    row.element.addEventListener("focusout", leave);
    row.element.addEventListener("click", (event) => {
      const clicked = place(event);
      if (clicked) this.act({ kind: "click", place: clicked });
    });
    row.element.addEventListener("keydown", (event) => this.#onKey(event, row));
  }

  #toggleHead(target: EventTarget | null): void {
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button) return;
    const head = [...this.#parts.heads.children].indexOf(button);
    const hidden = new Set(this.#hidden);
    if (!hidden.delete(head)) hidden.add(head);
    this.#hidden = hidden;
    this.#choose();
  }

  #placeAt(event: MouseEvent): Place | undefined {
    const box = this.#parts.canvas.getBoundingClientRect();
    const ribbon = ribbonAt(this.#ribbons, event.clientX - box.left, (event.clientY - box.top) / box.height);
    return ribbon && { query: ribbon.row, key: ribbon.column };
  }

  #onKey(event: KeyboardEvent, row: TokenRow): void {
    const { top, bottom } = this.#parts;
    const place = row.placeOf(event.target);
    if (place === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const along: Record<string, number> = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: row.count - 1 };
    const target = along[event.key];
    const crosses = event.key === (row === top ? "ArrowDown" : "ArrowUp");
    if (target === undefined && !crosses) return;
    event.preventDefault();
    if (target !== undefined) row.focus(target);
    else if (row === top) bottom.focus(this.#partners({ query: place })[0]?.column ?? 0);
    else top.focus(this.#partners({ key: place })[0]?.row ?? 0);
  }

  /** The ribbons that a place means, heaviest first. */
  #partners(place: Place): Ribbon[] {
    return this.#ribbons.filter((ribbon) => means(place, ribbon)).reverse();
  }

  protected override draw(): void {
    const words = ribbonMessages(this.language);
    const parts = this.#parts;
    const map = this.map;
    const isEmpty = map === undefined || map.rows.length === 0 || map.columns.length === 0;
    parts.empty.hidden = !isEmpty;
    for (const part of [parts.tools, parts.scroll, parts.status, parts.details]) part.hidden = isEmpty;
    setText(parts.empty, words.noMap);
    if (isEmpty) {
      this.telling.update("");
      return;
    }
    const chosen = this.#layOut(map);
    const subject = { heads: this.#heads, hidden: this.#hidden, ribbons: this.#ribbons };
    const sentences = ribbonSentences(subject, this.language);
    const place = shownPlace(this.pointing);
    this.#drawTools(chosen, subject);
    this.#drawTokens(map, place, sentences);
    this.#drawRibbons(map, place);
    this.#drawStatus(place, sentences);
    setText(parts.summary, words.table);
    if (parts.details.open) parts.rows.replaceChildren(ribbonTable(subject, this.language));
  }

  #layOut(map: AttentionMap): ChosenEdges {
    const needed = Math.min(SLOT.stage, Math.max(slotsWidth(map.rows), slotsWidth(map.columns)));
    const width = Math.max(120, this.width - 6, needed);
    if (this.#chosen && this.#placedFor === width) return this.#chosen;
    this.#chosen ??= chooseEdges(this.#heads, { mass: this.#mass, hidden: this.#hidden });
    const heads = this.#heads.length - this.#hidden.size;
    const room = { width, rows: map.rows.length, columns: map.columns.length };
    this.#ribbons = placeRibbons(this.#chosen.edges, heads, room);
    this.#placedFor = width;
    this.#parts.stage.style.width = `${width}px`;
    return this.#chosen;
  }

  #drawTools(chosen: ChosenEdges, subject: RibbonSubject): void {
    const { slider, output, count, heads, sliderName } = this.#parts;
    const words = ribbonMessages(this.language);
    const percent = Math.round(100 * this.#mass);
    if (slider.valueAsNumber !== percent) slider.value = String(percent);
    setText(sliderName, words.massName);
    setText(output, words.mass(percent));
    setAttribute(slider, "aria-valuetext", words.mass(percent));
    const carried = formatNumber(Math.floor(1000 * chosen.carried + 1e-6) / 10);
    const facts = { edges: formatNumber(chosen.edges.length), all: formatNumber(chosen.all), percent: carried };
    setText(count, words.shown({ ...facts, isCut: chosen.isCut }));
    updateHeads(heads, subject, this.language);
  }

  #drawTokens(map: AttentionMap, place: Place | undefined, sentences: RibbonSentences): void {
    const { top, bottom } = this.#parts;
    const axes = messages(this.language).axes[map.axes ?? "tokens"];
    setAttribute(top.element, "aria-label", axes.row);
    setAttribute(bottom.element, "aria-label", axes.column);
    const joined = place ? this.#partners(place) : [];
    const { pinned } = this.pointing;
    const shared = (tokens: readonly string[]) => {
      return {
        tokens,
        isDimmed: place !== undefined,
        every: Math.ceil((SLOT.legible * tokens.length) / this.#placedFor),
      };
    };
    top.update({
      ...shared(map.rows),
      spoken: sentences.row,
      lit: new Set([...joined.map(({ row }) => row), place?.query ?? -1]),
      pinned: pinned?.key === undefined ? pinned?.query : undefined,
    });
    bottom.update({
      ...shared(map.columns),
      spoken: sentences.column,
      lit: new Set([...joined.map(({ column }) => column), place?.key ?? -1]),
      pinned: pinned?.query === undefined ? pinned?.key : undefined,
    });
  }

  #drawRibbons(map: AttentionMap, place: Place | undefined): void {
    const { canvas } = this.#parts;
    const axes = messages(this.language).axes[map.axes ?? "tokens"];
    const [rows, columns] = [axes.rows(map.rows.length), axes.columns(map.columns.length)];
    const summary = ribbonMessages(this.language).summary({ edges: this.#ribbons.length, rows, columns });
    setAttribute(canvas, "aria-label", summary);
    const size = { width: this.#placedFor, height: this.width < NARROW ? HEIGHT.narrow : HEIGHT.wide };
    const density = fitCanvas(canvas, size);
    const isLit = place && ((ribbon: Ribbon) => means(place, ribbon));
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    paintRibbons(context, { ...size, density, ribbons: this.#ribbons, isLit });
  }

  #drawStatus(place: Place | undefined, sentences: RibbonSentences): void {
    const text = this.named(place === undefined ? "" : sentences.place(place));
    this.#parts.status.classList.toggle("on", text !== "");
    setText(this.#parts.status, text || ribbonMessages(this.language).hint);
    this.telling.update(text);
  }
}

function slotsWidth(tokens: readonly string[]): number {
  const longest = tokens.reduce((most, token) => Math.max(most, displayWidth(tokenText(token))), 0);
  return tokens.length * (longest <= 2 ? SLOT.least : Math.min(SLOT.most, longest * 8 + 6));
}

function means({ query, key }: Place, ribbon: Ribbon): boolean {
  return (query === undefined || query === ribbon.row) && (key === undefined || key === ribbon.column);
}

define("fovea-ribbons", FoveaRibbons);

declare global {
  interface HTMLElementTagNameMap {
    "fovea-ribbons": FoveaRibbons;
  }
}
