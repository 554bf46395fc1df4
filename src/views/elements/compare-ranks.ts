import type { AttentionMap } from "../attention-map.ts";
import { tokenText } from "../token-text.ts";
import { quotedToken } from "./attention-map-data.ts";
import { make, setAttribute, setText } from "./base.ts";
import type { CompareMessages } from "./compare-messages.ts";
import type { RowDivergence } from "./divergence.ts";

/** Rows by how much they differ, as a list of which one is chosen. */

export interface RanksState {
  readonly ranked: readonly RowDivergence[];
  readonly a: AttentionMap;
  readonly b: AttentionMap;
  readonly lit: number | undefined;
  readonly pinned: number | undefined;
  readonly words: CompareMessages;
}

export interface RanksActions {
  readonly point: (row: number | undefined) => void;
  readonly choose: (row: number) => void;
}

/** A row's token, or both where they differ. */
export function rowTokens(a: AttentionMap, b: AttentionMap, row: number): string {
  const [first, second] = [a.rows[row], b.rows[row]];
  if (first === undefined || second === undefined || first === second) return tokenText(first ?? second ?? "");
  return `${tokenText(first)} → ${tokenText(second)}`;
}

/** The same in quotes, for a sentence. */
export function quotedRow(a: AttentionMap, b: AttentionMap, row: number): string {
  const [first, second] = [a.rows[row], b.rows[row]];
  if (first === undefined || second === undefined || first === second) return `“${quotedToken(first ?? second ?? "")}”`;
  return `“${quotedToken(first)}” → “${quotedToken(second)}”`;
}

export class RankList {
  readonly element: HTMLElement;
  #state: RanksState | undefined;
  /** The option of each row. */
  readonly #options = new Map<number, HTMLElement>();
  #roving = 0;

  constructor(parent: HTMLElement, actions: RanksActions) {
    this.element = make("div", "ranks", parent);
    this.element.setAttribute("role", "listbox");
    const { element } = this;
    const point = (event: Event) => actions.point(this.#rowOf(event.target));
    element.addEventListener("pointerover", (event) => event.pointerType !== "touch" && point(event));
    element.addEventListener("pointerleave", () => actions.point(undefined));
    element.addEventListener("focusin", (event) => {
      this.#rove(this.#placeOf(event.target) ?? 0);
      point(event);
    });
    element.addEventListener("focusout", () => actions.point(undefined));
    const choose = (event: Event) => {
      const row = this.#rowOf(event.target);
      if (row !== undefined) actions.choose(row);
    };
    element.addEventListener("click", choose);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") choose(event);
      else if (!this.#move(event)) return;
      event.preventDefault();
    });
  }

  update(state: RanksState): void {
    const before = this.#state;
    this.#state = state;
    const isSame = before?.ranked === state.ranked && before.words === state.words;
    if (!isSame) this.#drawRanks(state);
    for (const row of new Set([before?.lit, before?.pinned, state.lit, state.pinned])) this.#mark(row, state);
  }

  /** Shows whether a row is pointed at or pinned: of hundreds only those whose state may have changed. */
  #mark(row: number | undefined, { lit, pinned }: RanksState): void {
    const option = row === undefined ? undefined : this.#options.get(row);
    option?.classList.toggle("lit", lit === row);
    option?.setAttribute("aria-selected", String(pinned === row));
  }

  #drawRanks({ ranked, words, a, b, lit, pinned }: RanksState): void {
    const { element } = this;
    this.#options.clear();
    setAttribute(element, "aria-label", words.ranked);
    while (element.children.length > ranked.length) element.lastElementChild?.remove();
    while (element.children.length < ranked.length) element.append(rank());
    if (this.#roving >= ranked.length) this.#roving = 0;
    for (const [place, { row, bits }] of ranked.entries()) {
      const option = element.children[place] as HTMLElement;
      const [number, token, bar, text] = option.children as unknown as [Element, Element, Element, Element];
      const shown = bits.toFixed(3);
      setText(number, String(row + 1));
      setText(token, rowTokens(a, b, row));
      (bar.firstElementChild as HTMLElement).style.transform = `scaleX(${bits.toFixed(4)})`;
      setText(text, words.bits(shown));
      this.#options.set(row, option);
      option.classList.toggle("lit", lit === row);
      setAttribute(option, "aria-selected", String(pinned === row));
      setAttribute(option, "tabindex", place === this.#roving ? 0 : -1);
    }
  }

  #rove(place: number): void {
    (this.element.children[this.#roving] as HTMLElement | undefined)?.setAttribute("tabindex", "-1");
    (this.element.children[place] as HTMLElement | undefined)?.setAttribute("tabindex", "0");
    this.#roving = place;
  }

  #placeOf(target: EventTarget | null): number | undefined {
    const option = target instanceof Element ? target.closest(".rank") : null;
    return option ? [...this.element.children].indexOf(option) : undefined;
  }

  #rowOf(target: EventTarget | null): number | undefined {
    const place = this.#placeOf(target);
    return place === undefined ? undefined : this.#state?.ranked[place]?.row;
  }

  #move(event: KeyboardEvent): boolean {
    const place = this.#placeOf(event.target);
    const last = this.element.children.length - 1;
    if (place === undefined) return false;
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: place - 1,
      ArrowLeft: place - 1,
      ArrowDown: place + 1,
      ArrowRight: place + 1,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target === undefined || target < 0 || target > last) return false;
    (this.element.children[target] as HTMLElement).focus();
    return true;
  }
}

function rank(): HTMLElement {
  const option = make("div", "rank");
  option.setAttribute("role", "option");
  make("span", "place", option);
  make("bdi", "", option).dir = "auto";
  make("i", "", make("span", "bar", option));
  make("span", "bits", option);
  return option;
}
