import type { Candidate } from "../../tasks/events.ts";
import type { AttentionMap } from "../attention-map.ts";
import type { Theme } from "../color-table.ts";
import type { Language } from "../messages.ts";
import { formatNumber, formatWeight } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
import { quotedToken } from "./attention-map-data.ts";
import { make, setAttribute, setText } from "./base.ts";
import type { Place } from "./selection.ts";
import { type StepScrubberMessages, stepScrubberMessages } from "./step-scrubber-messages.ts";
import { coverage, type ReaderChanges, type StepFacts, stepFacts } from "./step-scrubber-model.ts";
import { type StepScrubberParts, showSign } from "./step-scrubber-parts.ts";

/** All that a step scrubber shows. */
export interface StepScrubberView {
  readonly map: AttentionMap;
  readonly step: number;
  readonly candidates: readonly Candidate[];
  readonly changes: ReaderChanges;
  readonly masked: readonly number[];
  readonly place: Place | undefined;
  readonly editable: boolean;
  /** Whether a click adds without Shift. */
  readonly adds: boolean;
  readonly playing: boolean;
  /** Whether the reader asked for less movement: then there is no playing, only the next step. */
  readonly isStill: boolean;
  readonly language: Language;
  readonly theme: Theme;
}

/** Brings the elements up to date; what has not changed is left alone. */
export function drawStepScrubber(parts: StepScrubberParts, view: StepScrubberView): void {
  const facts = stepFacts(view.map, view.step);
  const words = stepScrubberMessages(view.language);
  const sign = view.isStill ? "next" : view.playing ? "pause" : "play";
  showSign(parts.play, sign);
  setAttribute(parts.play, "aria-label", words[sign]);
  setAttribute(parts.play, "title", words[sign]);
  parts.play.disabled = view.map.rows.length < 2;
  drawTicks(parts.ticks, view);
  drawSaid(parts, view, facts);
  setAttribute(parts.ticks, "aria-label", words.steps);
  setAttribute(parts.ticks, "aria-valuetext", spokenStep(view, facts, words));
  drawText(parts, view, facts);
  drawCandidates(parts, view, facts);
}

function drawTicks(ticks: HTMLElement, { map, step, changes, place }: StepScrubberView): void {
  const count = map.rows.length;
  while (ticks.children.length > count) ticks.lastElementChild?.remove();
  while (ticks.children.length < count) make("bdi", "", make("span", "tick", ticks)).dir = "auto";
  setAttribute(ticks, "aria-valuemin", 1);
  setAttribute(ticks, "aria-valuemax", count);
  setAttribute(ticks, "aria-valuenow", step + 1);
  for (const [row, tick] of [...ticks.children].entries()) {
    setText(tick.firstElementChild as Element, tokenText(map.rows[row] as string));
    const has = { now: row === step, ahead: row > step, pointed: place?.query === row && row !== step };
    const changed = { forced: changes.painted.has(row), rewritten: changes.written.has(row) };
    for (const [name, is] of Object.entries({ ...has, ...changed })) tick.classList.toggle(name, is);
  }
}

function readsMost({ map }: StepScrubberView, facts: StepFacts, words: StepScrubberMessages): string {
  const { strongest, weights } = facts;
  if (strongest === undefined) return "";
  const token = quotedToken(map.columns[strongest] as string);
  return words.readsMost({ token, place: strongest + 1, weight: formatWeight(weights[strongest] as number) });
}

function spokenStep(view: StepScrubberView, facts: StepFacts, words: StepScrubberMessages): string {
  const said = [
    words.stepOf(facts.step + 1, view.map.rows.length),
    words.writes(quotedToken(facts.token)),
    readsMost(view, facts, words),
    view.changes.painted.has(facts.step) ? words.forced : "",
    view.changes.written.has(facts.step) ? words.rewritten : "",
  ];
  return said.filter(Boolean).join(words.comma);
}

function drawSaid({ said }: StepScrubberParts, view: StepScrubberView, facts: StepFacts): void {
  const words = stepScrubberMessages(view.language);
  setText(said.place, words.stepOf(facts.step + 1, view.map.rows.length));
  setText(said.writes, words.writes(quotedToken(facts.token)));
  const rest = [readsMost(view, facts, words), words.entropy(formatNumber(facts.entropy, 3))].filter(Boolean);
  setText(said.rest, words.comma + rest.join(words.comma));
  setText(said.forced, words.forced);
  setText(said.rewritten, words.rewritten);
  said.forced.hidden = !view.changes.painted.has(facts.step);
  said.rewritten.hidden = !view.changes.written.has(facts.step);
}

function drawText(parts: StepScrubberParts, view: StepScrubberView, facts: StepFacts): void {
  const { map, changes, editable, adds, theme } = view;
  const words = stepScrubberMessages(view.language);
  const isChanged = changes.painted.has(facts.step) || changes.written.has(facts.step);
  // The scale of the bars stays while one scrubs: a bar is full where all steps together read most.
  const mostCoverage = Math.max(1, ...coverage(map, map.rows.length - 1));
  setText(parts.textName, words.reads(facts.step + 1));
  setText(parts.several, words.several);
  setAttribute(parts.several, "aria-pressed", String(adds));
  parts.several.hidden = !editable;
  setText(parts.reset, words.reset);
  // It keeps its room, so that nothing moves under the pointer.
  parts.reset.hidden = !editable;
  parts.reset.classList.toggle("idle", !isChanged);
  setText(parts.legend, words.legend(formatNumber(mostCoverage, 3)));
  setText(parts.hint, words.paintHint);
  parts.hint.hidden = !editable;
  const masked = new Set(view.masked);
  const spoken = (place: number) => {
    const token = quotedToken(map.columns[place] as string);
    const weight = formatWeight(facts.weights[place] as number);
    const sum = formatNumber(facts.coverage[place] as number, 3);
    const said = words.character({ token, place: place + 1, weight, coverage: sum });
    return masked.has(place) ? `${said}${words.comma}${words.masked}` : said;
  };
  parts.text.update({
    tokens: map.columns,
    weights: facts.weights,
    coverage: facts.coverage,
    mostCoverage,
    painted: changes.painted.get(facts.step) ?? [],
    masked,
    marked: view.place?.key,
    editable,
    adds,
    theme,
    label: words.reads(facts.step + 1),
    spoken,
  });
}

function drawCandidates(parts: StepScrubberParts, view: StepScrubberView, facts: StepFacts): void {
  const words = stepScrubberMessages(view.language);
  const { candidates, editable, changes } = view;
  setText(parts.candidatesName, words.candidates);
  parts.noCandidates.hidden = candidates.length > 0;
  setText(parts.noCandidates, words.noCandidates);
  parts.candidates.element.hidden = candidates.length === 0;
  const isOwn = changes.written.has(facts.step);
  parts.candidates.update({ candidates, written: facts.token, isOwn, editable, words });
  parts.other.hidden = !editable;
  setText(parts.otherName, words.other);
  setText(parts.otherButton, words.otherWrite);
}
