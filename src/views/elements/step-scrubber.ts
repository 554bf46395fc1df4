import type { Candidate, Change } from "../../tasks/events.ts";
import { type AttentionMap, checkAttentionMap } from "../attention-map.ts";
import { messages } from "../messages.ts";
import { cellFacts } from "./attention-map-data.ts";
import { define, setText } from "./base.ts";
import { prefersStill } from "./environment.ts";
import { PointingElement } from "./pointing.ts";
import { shownPlace } from "./selection.ts";
import { drawStepScrubber } from "./step-scrubber-drawing.ts";
import { stepScrubberMessages } from "./step-scrubber-messages.ts";
import {
  changeOf,
  changesOf,
  clampStep,
  type Painting,
  paintedWeights,
  type ReaderChanges,
  stepAfterKey,
} from "./step-scrubber-model.ts";
import { buildStepScrubber, type StepScrubberParts } from "./step-scrubber-parts.ts";
import { STEP_SCRUBBER_STYLE } from "./step-scrubber-style.ts";

/**
 * `<fovea-step-scrubber>`: a model's answer step by step: what it read of the input at each, what it read so far, what it could
 * have written. Events: `fovea-step` `{ step }`; where it is `editable`, `fovea-write` `{ step, token }` and `fovea-force`
 * `{ step, weights }`, both undefined where the reader gives the step back to the model; `fovea-play` `{ playing }`; and
 * `fovea-point`, `fovea-pin`, `fovea-status`, as all views of a map have them.
 */
export class FoveaStepScrubber extends PointingElement {
  static override readonly observedAttributes: readonly string[] = ["lang", "theme", "editable"];

  #map: AttentionMap | undefined;
  #candidates: readonly (readonly Candidate[])[] = [];
  #step = 0;
  #changes: ReaderChanges = changesOf(undefined);
  #masked: readonly number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #adds = false;
  /** Milliseconds that a step is shown while it plays. */
  pace = 650;
  readonly #parts: StepScrubberParts;

  constructor() {
    super(STEP_SCRUBBER_STYLE);
    this.#parts = buildStepScrubber(this.content, {
      point: (key) => this.act({ kind: "point", place: key === undefined ? undefined : { query: this.#step, key } }),
      paint: (painted) => this.#paint(painted),
      choose: (key) => this.act({ kind: "click", place: { query: this.#step, key } }),
      write: (token) => this.#write(token),
    });
    this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.playing = false;
  }

  get map(): AttentionMap | undefined {
    return this.#map;
  }

  /** Over another text the reader's changes mean nothing and are dropped. */
  set map(map: AttentionMap | undefined) {
    if (map) checkAttentionMap(map);
    const before = this.#map?.columns;
    const isSame = before?.length === map?.columns.length && before?.every((token, i) => token === map?.columns[i]);
    if (!isSame && before) this.change = undefined;
    this.#map = map;
    this.#step = clampStep(this.#step, map?.rows.length ?? 0);
    this.invalidate();
  }

  get candidates(): readonly (readonly Candidate[])[] {
    return this.#candidates;
  }

  /** For each row of the map the likeliest tokens, best first. */
  set candidates(candidates: readonly (readonly Candidate[])[]) {
    this.#candidates = candidates;
    this.invalidate();
  }

  get step(): number {
    return this.#step;
  }

  /** The row that is shown. Setting it fires no event. */
  set step(step: number) {
    this.#step = this.#map ? clampStep(step, this.#map.rows.length) : Math.max(0, Math.round(step) || 0);
    this.invalidate();
  }

  get editable(): boolean {
    return this.hasAttribute("editable");
  }

  /** Whether the reader may paint attention and write tokens. @default false */
  set editable(editable: boolean) {
    this.toggleAttribute("editable", editable);
  }

  /** What the reader changed, as a model takes it. */
  get change(): Change | undefined {
    return changeOf(this.#changes, { columns: this.#map?.columns.length ?? 0, masked: this.#masked });
  }

  set change(change: Change | undefined) {
    this.#changes = changesOf(change);
    this.#masked = change?.masked ?? [];
    this.invalidate();
  }

  get playing(): boolean {
    return this.#timer !== undefined;
  }

  /** Steps on by itself up to the end; never for readers who asked for less movement. @default false */
  set playing(playing: boolean) {
    const count = this.#map?.rows.length ?? 0;
    const plays = playing && !prefersStill() && count > 1;
    if (plays === this.playing) return;
    if (!plays) clearTimeout(this.#timer);
    this.#timer = plays ? setTimeout(() => this.#playOn(), this.pace) : undefined;
    if (plays && this.#step >= count - 1) this.#go(0);
    this.emit("fovea-play", { playing: plays });
    this.invalidate();
  }

  #playOn(): void {
    const last = (this.#map?.rows.length ?? 0) - 1;
    this.#go(this.#step + 1);
    this.#timer = this.#step < last ? setTimeout(() => this.#playOn(), this.pace) : undefined;
    if (!this.playing) this.emit("fovea-play", { playing: false });
    this.invalidate();
  }

  /** Goes to a step by the reader's wish. */
  #go(step: number): void {
    const target = clampStep(step, this.#map?.rows.length ?? 0);
    if (target === this.#step) return;
    this.#step = target;
    this.emit("fovea-step", { step: target });
    this.invalidate();
  }

  #listen(): void {
    const { play, ticks, several, reset, other, otherInput } = this.#parts;
    play.addEventListener("click", () => {
      if (prefersStill()) this.#go(this.#step + 1 < (this.#map?.rows.length ?? 0) ? this.#step + 1 : 0);
      else this.playing = !this.playing;
    });
    const scrub = (event: PointerEvent) => {
      const root = ticks.getRootNode() as ShadowRoot;
      const tick = root.elementFromPoint(event.clientX, event.clientY)?.closest(".tick");
      const step = tick ? [...ticks.children].indexOf(tick) : -1;
      if (step >= 0) this.#jump(step);
    };
    ticks.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      ticks.setPointerCapture(event.pointerId);
      scrub(event);
    });
    ticks.addEventListener("pointermove", (event) => ticks.hasPointerCapture(event.pointerId) && scrub(event));
    ticks.addEventListener("keydown", (event) => this.#onKey(event));
    several.addEventListener("click", () => {
      this.#adds = !this.#adds;
      this.invalidate();
    });
    reset.addEventListener("click", () => {
      this.#giveBack();
      // The button goes away; the focus must not.
      ticks.focus();
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (this.editable) this.#giveBack();
      this.act({ kind: "escape" });
    });
    other.addEventListener("submit", (event) => {
      event.preventDefault();
      if (otherInput.value !== "") this.#write(otherInput.value);
      otherInput.value = "";
    });
  }

  #jump(step: number): void {
    this.playing = false;
    this.#go(step);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = stepAfterKey(event.key, this.#step, this.#map?.rows.length ?? 0);
    if (event.key === " ") this.#parts.play.click();
    else if (target !== undefined) this.#jump(target);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Points at a token of the input, or pins it. */
  /** What is said of the token of the input that is pointed at, as this step reads it. */
  #sentence(map: AttentionMap): string {
    const key = shownPlace(this.pointing)?.key;
    if (key === undefined || key >= map.columns.length) return "";
    const words = messages(this.language);
    return words.cell(cellFacts(map, { query: this.#step, key }), words.axes[map.axes ?? "tokens"]);
  }

  #paint(places: Painting): void {
    this.playing = false;
    const step = this.#step;
    const painted = new Map(this.#changes.painted);
    if (places.length > 0) painted.set(step, places);
    else painted.delete(step);
    this.#changes = { ...this.#changes, painted };
    this.emit("fovea-force", { step, weights: paintedWeights(places, this.#map?.columns.length ?? 0) });
    this.invalidate();
  }

  #write(token: string | undefined): void {
    this.playing = false;
    const step = this.#step;
    const written = new Map(this.#changes.written);
    if (token === undefined) written.delete(step);
    else written.set(step, token);
    this.#changes = { ...this.#changes, written };
    this.emit("fovea-write", { step, token });
    this.invalidate();
  }

  /** Lets the model decide this step again. */
  #giveBack(): void {
    if (this.#changes.painted.has(this.#step)) this.#paint([]);
    if (this.#changes.written.has(this.#step)) this.#write(undefined);
  }

  protected override draw(): void {
    const { empty, all } = this.#parts;
    const map = this.#map;
    const isEmpty = map === undefined || map.rows.length === 0;
    empty.hidden = !isEmpty;
    all.hidden = isEmpty;
    setText(empty, stepScrubberMessages(this.language).empty);
    this.telling.update(isEmpty ? "" : this.named(this.#sentence(map)));
    if (isEmpty) return;
    drawStepScrubber(this.#parts, {
      map,
      step: this.#step,
      candidates: this.#candidates[this.#step] ?? [],
      changes: this.#changes,
      masked: this.#masked,
      place: shownPlace(this.pointing),
      editable: this.editable,
      adds: this.#adds,
      playing: this.playing,
      isStill: prefersStill(),
      language: this.language,
      theme: this.activeTheme,
    });
  }
}

define("fovea-step-scrubber", FoveaStepScrubber);

declare global {
  interface HTMLElementTagNameMap {
    "fovea-step-scrubber": FoveaStepScrubber;
  }
}
