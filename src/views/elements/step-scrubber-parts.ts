import { make } from "./base.ts";
import { CandidateList } from "./step-scrubber-candidates.ts";
import { InputText, type InputTextActions } from "./step-scrubber-text.ts";

/** The elements that a step scrubber is made of. */
export interface StepScrubberParts {
  readonly empty: HTMLElement;
  readonly all: HTMLElement;
  readonly play: HTMLButtonElement;
  readonly ticks: HTMLElement;
  readonly said: Said;
  readonly textName: HTMLElement;
  readonly several: HTMLButtonElement;
  readonly reset: HTMLButtonElement;
  readonly text: InputText;
  readonly legend: HTMLElement;
  readonly hint: HTMLElement;
  readonly candidatesName: HTMLElement;
  readonly candidates: CandidateList;
  readonly noCandidates: HTMLElement;
  readonly other: HTMLFormElement;
  readonly otherName: HTMLElement;
  readonly otherInput: HTMLInputElement;
  readonly otherButton: HTMLButtonElement;
}

/** The sentence about a step. */
export interface Said {
  readonly place: HTMLElement;
  readonly writes: HTMLElement;
  readonly rest: HTMLElement;
  readonly forced: HTMLElement;
  readonly rewritten: HTMLElement;
}

export interface StepScrubberActions extends InputTextActions {
  readonly write: (token: string) => void;
}

export function buildStepScrubber(content: HTMLElement, actions: StepScrubberActions): StepScrubberParts {
  const empty = make("p", "empty", content);
  const all = make("div", "all", content);
  const top = make("div", "top", all);
  const play = button("play", top);
  const ticks = make("div", "ticks", top);
  ticks.tabIndex = 0;
  ticks.setAttribute("role", "slider");
  const said = buildSaid(all);
  const both = make("div", "both", all);

  const left = make("div", "", both);
  const name = make("div", "name", left);
  const textName = make("span", "", name);
  const reset = button("reset", name);
  const several = button("several", name);
  const text = new InputText(left, actions);
  const legend = make("p", "hint", left);
  const hint = make("p", "hint", left);

  const right = make("div", "", both);
  const candidatesName = make("span", "", make("div", "name", right));
  const candidates = new CandidateList(right, actions.write);
  const noCandidates = make("p", "hint", right);
  const other = make("form", "other", right);
  const label = make("label", "", other);
  const otherName = make("span", "", label);
  const otherInput = make("input", "", label);
  Object.assign(otherInput, { type: "text", autocomplete: "off", spellcheck: false, dir: "auto" });
  const otherButton = button("", other, "submit");
  const writing = { candidatesName, candidates, noCandidates, other, otherName, otherInput, otherButton };
  return { empty, all, play, ticks, said, textName, several, reset, text, legend, hint, ...writing };
}

function buildSaid(parent: HTMLElement): Said {
  const said = make("p", "said", parent);
  const place = make("span", "", said);
  said.append(" ");
  const writes = make("b", "", said);
  const rest = make("span", "", said);
  const forced = make("span", "mine", said);
  const rewritten = make("span", "mine", said);
  return { place, writes, rest, forced, rewritten };
}

function button(className: string, parent: HTMLElement, type: "button" | "submit" = "button"): HTMLButtonElement {
  const made = make("button", className, parent);
  made.type = type;
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** Signs on the button that plays, in a square of 16. */
const SIGNS = { play: "M3 1l11 7-11 7z", pause: "M3 1h4v14H3zM9 1h4v14H9z", next: "M2 1l8 7-8 7zM11 1h3v14h-3z" };

export function showSign(target: HTMLElement, sign: keyof typeof SIGNS): void {
  if (target.dataset.sign === sign) return;
  target.dataset.sign = sign;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SIGNS[sign]);
  svg.append(path);
  target.replaceChildren(svg);
}
