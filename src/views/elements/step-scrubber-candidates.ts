import type { Candidate } from "../../tasks/events.ts";
import { formatWeight } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
import { make, setAttribute, setText } from "./base.ts";
import type { StepScrubberMessages } from "./step-scrubber-messages.ts";

/** What a model could have written at a step, best first, with probabilities; where it is editable one chooses another. */

export interface CandidateListState {
  readonly candidates: readonly Candidate[];
  /** The token that stands there. */
  readonly written: string;
  /** Whether the reader wrote it. */
  readonly isOwn: boolean;
  readonly editable: boolean;
  readonly words: StepScrubberMessages;
}

export class CandidateList {
  readonly element: HTMLElement;
  #state: CandidateListState | undefined;
  #shown: readonly Shown[] = [];
  #roving = 0;

  constructor(parent: HTMLElement, choose: (token: string) => void) {
    this.element = make("div", "list", parent);
    const use = (target: EventTarget | null) => {
      const place = this.#placeOf(target);
      const shown = place === undefined ? undefined : this.#shown[place];
      if (this.#state?.editable && shown) choose(shown.token);
    };
    this.element.addEventListener("click", (event) => use(event.target));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return this.#onKey(event);
      event.preventDefault();
      event.stopPropagation();
      use(event.target);
    });
    this.element.addEventListener("focusin", (event) => {
      const place = this.#placeOf(event.target);
      if (place !== undefined) this.#rove(place);
    });
  }

  update(state: CandidateListState): void {
    this.#state = state;
    this.#shown = shownCandidates(state);
    const { element } = this;
    const { words, editable } = state;
    while (element.children.length > this.#shown.length) element.lastElementChild?.remove();
    while (element.children.length < this.#shown.length) element.append(row());
    setAttribute(element, "role", editable ? "listbox" : "list");
    setAttribute(element, "aria-label", words.candidates);
    element.classList.toggle("editable", editable);
    if (this.#roving >= this.#shown.length) this.#roving = 0;
    for (const [place, shown] of this.#shown.entries()) {
      const option = element.children[place] as HTMLElement;
      const [token, bar, number, label] = option.children as unknown as HTMLElement[];
      setText(token as Element, tokenText(shown.token));
      const share = shown.probability ?? 0;
      const fill = (bar as Element).firstElementChild as HTMLElement;
      fill.style.transform = `scaleX(${Math.min(1, Math.max(0, share)).toFixed(4)})`;
      const probability = shown.probability === undefined ? "–" : formatWeight(shown.probability);
      setText((number as Element).firstElementChild as Element, words.probability);
      setText((number as Element).lastElementChild as Element, probability);
      const mine = state.isOwn ? words.writtenByReader : words.written;
      setText(label as Element, shown.isWritten ? mine : editable ? words.choose : "");
      option.classList.toggle("written", shown.isWritten);
      setAttribute(option, "role", editable ? "option" : "listitem");
      setAttribute(option, "aria-selected", editable ? String(shown.isWritten) : undefined);
      setAttribute(option, "tabindex", editable ? (place === this.#roving ? 0 : -1) : undefined);
    }
  }

  #placeOf(target: EventTarget | null): number | undefined {
    const option = target instanceof Element ? target.closest(".option") : null;
    return option ? [...this.element.children].indexOf(option) : undefined;
  }

  #onKey(event: KeyboardEvent): void {
    const place = this.#placeOf(event.target);
    if (place === undefined) return;
    const last = this.#shown.length - 1;
    const moves: Readonly<Record<string, number>> = { ArrowUp: place - 1, ArrowDown: place + 1, Home: 0, End: last };
    const target = moves[event.key];
    if (target === undefined || target < 0 || target > last) return;
    event.preventDefault();
    (this.element.children[target] as HTMLElement).focus();
  }

  #rove(place: number): void {
    if (!this.#state?.editable) return;
    (this.element.children[this.#roving] as HTMLElement | undefined)?.setAttribute("tabindex", "-1");
    (this.element.children[place] as HTMLElement).tabIndex = 0;
    this.#roving = place;
  }
}

interface Shown {
  readonly token: string;
  readonly probability: number | undefined;
  readonly isWritten: boolean;
}

/** The candidates, and after them what was written where it is none of them. */
function shownCandidates({ candidates, written }: CandidateListState): Shown[] {
  const shown = candidates.map(({ token, probability }): Shown => {
    return { token, probability, isWritten: token === written };
  });
  if (shown.length === 0 || shown.some(({ isWritten }) => isWritten)) return shown;
  return [...shown, { token: written, probability: undefined, isWritten: true }];
}

function row(): HTMLElement {
  const option = make("div", "option");
  make("bdi", "", option).dir = "auto";
  make("i", "", make("span", "bar", option));
  const number = make("span", "number", option);
  make("span", "unseen", number);
  make("span", "", number);
  make("span", "state", option);
  return option;
}
