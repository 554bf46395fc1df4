import { type AttentionMap, checkAttentionMap } from "../attention-map.ts";
import { sequentialTable, shadeIndex } from "../color-table.ts";
import { messages } from "../messages.ts";
import { formatNumber } from "../number-text.ts";
import { titleText } from "../token-text.ts";
import { cellFacts } from "./attention-map-data.ts";
import { keepCount } from "./attention-map-labels.ts";
import { buildTable } from "./attention-map-table.ts";
import { define, ElementBase, make, setAttribute, setText } from "./base.ts";
import { layoutPanel, PANEL_GAP, panelRoom } from "./compare-layout.ts";
import { MapPanel, PANEL_STYLE } from "./compare-panel.ts";
import { showLegend } from "./compare-parts.ts";
import { prefersStill } from "./environment.ts";
import { elementMessages } from "./messages.ts";
import { probeStripMessages } from "./probe-strip-messages.ts";
import { type Moment, meanSpread, type Probe, placeAfter, timeline } from "./probe-strip-model.ts";
import { cellAfterArrow, isSamePlace, type Place } from "./selection.ts";
import { clampStep, stepAfterKey } from "./step-scrubber-model.ts";
import { showSign } from "./step-scrubber-parts.ts";
import { speakWhileFocused } from "./telling.ts";

const STYLE = `${PANEL_STYLE}
.top{display:flex;align-items:stretch;gap:8px}
.fv .play{flex:none;min-height:44px;min-width:44px;display:inline-flex;align-items:center;justify-content:center}
.play svg{width:14px;height:14px;fill:currentColor;display:block}
.moments{flex:1;min-width:0;height:44px;display:flex;align-items:stretch;gap:1px;max-width:720px;cursor:pointer;border-radius:4px;touch-action:pan-y}
.moment{flex:1 1 0;min-width:1px;max-width:26px;position:relative;background:var(--soft)}
.moment i{position:absolute;left:0;right:0;bottom:0;top:0;background:var(--bar);transform-origin:50% 100%}
.moment:hover i{background:var(--axis)}
.moment.now{box-shadow:0 0 0 2px var(--ink);z-index:1}
.moment.now i{background:var(--focus)}
.said{margin:6px 0 2px;font-variant-numeric:tabular-nums}
.said b{font-weight:650}
.note{margin:0 0 10px;color:var(--faint);font-size:12px}
.scroll{overflow-x:auto;padding:3px}
.panels{display:grid;gap:14px ${PANEL_GAP}px}
.panels .panel figcaption{white-space:normal;overflow-wrap:anywhere}
.legend{display:flex;align-items:center;gap:6px;color:var(--faint);font-size:12px;margin-top:8px}
.legend i{width:110px;height:10px;border-radius:2px;outline:1px solid var(--grid);forced-color-adjust:none}
.status{margin:6px 0 0;min-height:3em;color:var(--faint);overflow-wrap:anywhere}
.status.on{color:var(--ink)}
.fv .panel:focus-visible{outline-offset:0}
details{margin-top:4px}
summary{color:var(--faint);cursor:pointer;padding:4px 0}
.tables .scroller{max-height:260px;overflow:auto;margin:4px 0 12px}
table{border-collapse:separate;border-spacing:0;font:12px/1.3 var(--mono);font-variant-numeric:tabular-nums}
caption{text-align:left;font:13px/1.45 var(--sans);color:var(--faint);padding:0 0 6px}
th,td{padding:3px 8px;text-align:right;border-bottom:1px solid var(--grid);white-space:pre}
thead th{position:sticky;top:0;background:var(--paper);font-weight:600}
tbody th{position:sticky;left:0;background:var(--paper);font-weight:600}
.empty{color:var(--faint);margin:8px 0}
@media (forced-colors:active){.moment{background:Canvas}.moment i{forced-color-adjust:none;background:CanvasText}.moment.now{outline:2px solid Highlight}.moment.now i{background:Highlight}}
`;

/** Narrowest panel before there are fewer beside each other. */
const PANEL_WIDTH = 220;

interface Pointed {
  readonly panel: number;
  readonly place: Required<Place>;
}

/**
 * `<fovea-probe-strip>`: how a model reads some watched examples, at each validation of a training, with a slider over them: one
 * sees alignment form. Who watches the latest goes on with it. Event `fovea-probe` `{ place, step }` when the reader moves.
 */
export class FoveaProbeStrip extends ElementBase {
  #probes: readonly Probe[] = [];
  #moments: readonly Moment[] = [];
  #place = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pointed: Pointed | undefined;
  /** The cell that the arrow keys move, in whichever picture has the focus. */
  #cell: Required<Place> = { query: 0, key: 0 };
  /** Milliseconds that a validation is shown while it plays. */
  pace = 450;
  readonly #parts: ReturnType<typeof build>;
  readonly #panels: MapPanel[] = [];

  constructor() {
    super(STYLE);
    this.#parts = build(this.content);
    speakWhileFocused(this, this.#parts.status);
    this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.playing = false;
  }

  get probes(): readonly Probe[] {
    return this.#probes;
  }

  /** The watched maps at each validation so far, by growing step. */
  set probes(probes: readonly Probe[]) {
    const known = this.#probes;
    for (const probe of probes) if (!known.includes(probe)) probe.maps.forEach(checkAttentionMap);
    const isSame = (i: number) => known[i] === probes[i];
    this.#moments = probes.map((probe, i) => (isSame(i) ? this.#moments[i] : timeline([probe])[0]) as Moment);
    this.#place = placeAfter(this.#place, { before: known.length, now: probes.length });
    this.#probes = probes;
    this.invalidate();
  }

  get place(): number {
    return this.#place;
  }

  /** Which validation is shown, from 0. */
  set place(place: number) {
    this.#place = clampStep(place, this.#probes.length);
    this.invalidate();
  }

  get playing(): boolean {
    return this.#timer !== undefined;
  }

  /** Goes through the validations by itself; never for readers who asked for less movement. @default false */
  set playing(playing: boolean) {
    const last = this.#probes.length - 1;
    const plays = playing && !prefersStill() && last > 0;
    if (plays === this.playing) return;
    if (!plays) clearTimeout(this.#timer);
    this.#timer = plays ? setTimeout(() => this.#playOn(), this.pace) : undefined;
    if (plays && this.#place >= last) this.#go(0);
    this.invalidate();
  }

  #playOn(): void {
    this.#go(this.#place + 1);
    const isOver = this.#place >= this.#probes.length - 1;
    this.#timer = isOver ? undefined : setTimeout(() => this.#playOn(), this.pace);
    this.invalidate();
  }

  #go(place: number): void {
    const target = clampStep(place, this.#probes.length);
    if (target === this.#place) return;
    this.#place = target;
    this.emit("fovea-probe", { place: target, step: this.#probes[target]?.step });
    this.invalidate();
  }

  #jump(place: number): void {
    this.playing = false;
    this.#go(place);
  }

  #listen(): void {
    const { play, moments, details } = this.#parts;
    details.addEventListener("toggle", () => this.invalidate());
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#pointed) this.#point(this.#pointed.panel, undefined);
    });
    play.addEventListener("click", () => {
      if (prefersStill()) this.#go(this.#place + 1 < this.#probes.length ? this.#place + 1 : 0);
      else this.playing = !this.playing;
    });
    const scrub = (event: PointerEvent) => {
      const box = moments.getBoundingClientRect();
      const last = moments.lastElementChild?.getBoundingClientRect().right ?? box.right;
      const share = (event.clientX - box.left) / Math.max(1, last - box.left);
      this.#jump(Math.floor(Math.min(0.9999, Math.max(0, share)) * this.#probes.length));
    };
    moments.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      moments.setPointerCapture(event.pointerId);
      scrub(event);
    });
    moments.addEventListener("pointermove", (event) => moments.hasPointerCapture(event.pointerId) && scrub(event));
    moments.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const target = stepAfterKey(event.key, this.#place, this.#probes.length);
      if (event.key === " ") play.click();
      else if (target !== undefined) this.#jump(target);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  #addPanel(): void {
    const index = this.#panels.length;
    const panel = new MapPanel(this.#parts.panels);
    panel.canvas.addEventListener("pointermove", (event) => this.#point(index, panel.placeAt(event)));
    panel.canvas.addEventListener("click", (event) => this.#point(index, panel.placeAt(event)));
    panel.canvas.addEventListener(
      "pointerleave",
      (event) => event.pointerType !== "touch" && this.#point(index, undefined),
    );
    const { element } = panel;
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.addEventListener("keydown", (event) => this.#onArrow(event, index));
    element.addEventListener("focusout", () => this.#point(index, undefined));
    this.#panels.push(panel);
  }

  #onArrow(event: KeyboardEvent, panel: number): void {
    const map = this.#probes[this.#place]?.maps[panel];
    if (!map || event.ctrlKey || event.metaKey || event.altKey) return;
    const size = { rows: map.rows.length, columns: map.columns.length };
    const target = cellAfterArrow(event.key, this.#cell, size);
    if (!target) return;
    event.preventDefault();
    // The first key shows where one is; another map may be smaller.
    const { query, key } = this.#pointed?.panel === panel ? target : this.#cell;
    this.#cell = { query: Math.min(query, size.rows - 1), key: Math.min(key, size.columns - 1) };
    this.#point(panel, this.#cell);
  }

  #point(panel: number, place: Required<Place> | undefined): void {
    if (this.#pointed?.panel === panel && isSamePlace(this.#pointed.place, place)) return;
    this.#pointed = place && { panel, place };
    this.telling.act();
    this.invalidate();
  }

  protected override draw(): void {
    const { empty, all } = this.#parts;
    const probe = this.#probes[this.#place];
    const words = probeStripMessages(this.language);
    empty.hidden = probe !== undefined;
    all.hidden = probe === undefined;
    setText(empty, words.empty);
    if (!probe) {
      this.telling.update("");
      return;
    }
    this.#drawMoments(probe);
    this.#drawPanels(probe);
    this.#drawStatus(probe);
    const { details, summary } = this.#parts;
    setText(summary, words.table);
    if (details.open) this.#drawTables(probe);
  }

  /** The numbers of all maps, for those who do not see the pictures. */
  #drawTables({ maps }: Probe): void {
    const { tables } = this.#parts;
    const words = messages(this.language);
    const own = elementMessages(this.language);
    keepCount(tables, maps.length, () => make("div"));
    for (const [index, map] of maps.entries()) {
      const named = { ...map, title: captionOf(map) };
      buildTable(tables.children[index] as HTMLElement, named, { words, own, axes: words.axes[map.axes ?? "tokens"] });
    }
  }

  #drawMoments(probe: Probe): void {
    const { play, moments, step, rest, note } = this.#parts;
    const words = probeStripMessages(this.language);
    const sign = prefersStill() ? "next" : this.playing ? "pause" : "play";
    showSign(play, sign);
    setAttribute(play, "aria-label", words[sign]);
    setAttribute(play, "title", words[sign]);
    const count = this.#moments.length;
    play.disabled = count < 2;
    while (moments.children.length > count) moments.lastElementChild?.remove();
    while (moments.children.length < count) make("i", "", make("span", "moment", moments));
    for (const [place, bar] of ([...moments.children] as HTMLElement[]).entries()) {
      const { spread } = this.#moments[place] as Moment;
      const transform = `scaleY(${spread.toFixed(3)})`;
      const fill = bar.firstElementChild as HTMLElement;
      if (fill.style.transform !== transform) fill.style.transform = transform;
      bar.classList.toggle("now", place === this.#place);
    }
    const said = [
      words.evaluation(this.#place + 1, count),
      words.spread(formatNumber(100 * (this.#moments[this.#place] as Moment).spread, 3)),
    ].join(words.comma);
    const stepText = words.step(formatNumber(probe.step));
    setText(step, stepText);
    setText(rest, words.comma + said);
    setText(note, words.legend);
    setAttribute(moments, "aria-label", words.evaluations);
    setAttribute(moments, "aria-valuemin", 1);
    setAttribute(moments, "aria-valuemax", count);
    setAttribute(moments, "aria-valuenow", this.#place + 1);
    setAttribute(moments, "aria-valuetext", stepText + words.comma + said);
  }

  #drawPanels(probe: Probe): void {
    const maps = probe.maps;
    while (this.#panels.length > maps.length) this.#panels.pop()?.element.remove();
    while (this.#panels.length < maps.length) this.#addPanel();
    const words = messages(this.language);
    // The width is rounded, and what does not fit must not be cut.
    const room = this.width - 7;
    const beside = Math.max(1, Math.min(maps.length, Math.floor((room + PANEL_GAP) / (PANEL_WIDTH + PANEL_GAP))));
    const table = sequentialTable(this.activeTheme);
    this.#parts.panels.style.gridTemplateColumns = `repeat(${beside},minmax(0,1fr))`;
    for (const [index, map] of maps.entries()) {
      const { rows, columns } = map;
      const axes = words.axes[map.axes ?? "tokens"];
      const spread = probeStripMessages(this.language).spread(formatNumber(100 * meanSpread([map]), 3));
      const caption = captionOf(map);
      const said = words.mapSummary(axes.rows(rows.length), axes.columns(columns.length));
      const panel = this.#panels[index] as MapPanel;
      const summary = `${caption}: ${said}, ${spread}`;
      setAttribute(panel.element, "aria-label", caption);
      panel.update({
        caption,
        summary,
        rows,
        columns,
        shades: Array.from(map.weights, shadeIndex),
        table,
        layout: layoutPanel({ room: panelRoom(room, beside), rows, columns }),
      });
      panel.point(this.#pointed?.panel === index ? this.#pointed.place : undefined);
    }
    showLegend(this.#parts.legend, { name: words.weight, low: "0", high: "1", table });
  }

  #drawStatus(probe: Probe): void {
    const { status } = this.#parts;
    const map = this.#pointed && probe.maps[this.#pointed.panel];
    const place = this.#pointed?.place;
    const isThere = map && place && place.query < map.rows.length && place.key < map.columns.length;
    const words = messages(this.language);
    const text = this.named(isThere ? words.cell(cellFacts(map, place), words.axes[map.axes ?? "tokens"]) : "");
    status.classList.toggle("on", text !== "");
    this.telling.update(text);
    setText(status, text || probeStripMessages(this.language).hint);
  }
}

/** The map's title, else its input and output. */
function captionOf(map: AttentionMap): string {
  if (map.title !== undefined) return titleText(map.title);
  const joined = (tokens: readonly string[]) => tokens.join(tokens.every((token) => token.length <= 1) ? "" : " ");
  return titleText(`${joined(map.columns)} → ${joined(map.rows)}`);
}

function build(content: HTMLElement) {
  const empty = make("p", "empty", content);
  const all = make("div", "", content);
  const top = make("div", "top", all);
  const play = make("button", "play", top);
  play.type = "button";
  const moments = make("div", "moments", top);
  moments.tabIndex = 0;
  moments.setAttribute("role", "slider");
  const said = make("p", "said", all);
  const step = make("b", "", said);
  const rest = make("span", "", said);
  const note = make("p", "note", all);
  const panels = make("div", "panels", make("div", "scroll", all));
  const legend = make("span", "legend", all);
  for (const tag of ["span", "span", "i", "span"] as const) make(tag, "", legend);
  const status = make("p", "status", all);
  const details = make("details", "", all);
  const summary = make("summary", "", details);
  const tables = make("div", "tables", details);
  return { empty, all, play, moments, step, rest, note, panels, legend, status, details, summary, tables };
}

define("fovea-probe-strip", FoveaProbeStrip);

declare global {
  interface HTMLElementTagNameMap {
    "fovea-probe-strip": FoveaProbeStrip;
  }
}
