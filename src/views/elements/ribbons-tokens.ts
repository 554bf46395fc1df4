import { tokenText } from "../token-text.ts";
import { make, setAttribute, setText } from "./base.ts";

/** A line of tokens in slots of equal width, each a button; one of them can be reached by Tab, the arrow keys reach the others. */

export interface TokenRowState {
  readonly tokens: readonly string[];
  /** What a screen reader says of each. */
  readonly spoken: (place: number) => string;
  readonly lit: ReadonlySet<number>;
  readonly isDimmed: boolean;
  readonly pinned: number | undefined;
  /** Every so many tokens one label is shown, where slots are too narrow for all. */
  readonly every: number;
}

export class TokenRow {
  readonly element: HTMLElement;
  #buttons: HTMLButtonElement[] = [];
  #roving = 0;

  constructor(className: string, parent: HTMLElement) {
    this.element = make("div", `tokens ${className}`, parent);
    this.element.setAttribute("role", "group");
    this.element.addEventListener("focusin", (event) => {
      const place = this.placeOf(event.target);
      if (place !== undefined) this.#rove(place);
    });
  }

  get count(): number {
    return this.#buttons.length;
  }

  /** The token that an event came from. */
  placeOf(target: EventTarget | null): number | undefined {
    const button = target instanceof Element ? target.closest("button") : null;
    const place = button === null ? -1 : this.#buttons.indexOf(button);
    return place < 0 ? undefined : place;
  }

  focus(place: number): void {
    const at = Math.max(0, Math.min(this.#buttons.length - 1, place));
    this.#buttons[at]?.focus();
  }

  update(state: TokenRowState): void {
    const { tokens } = state;
    while (this.#buttons.length > tokens.length) this.#buttons.pop()?.remove();
    while (this.#buttons.length < tokens.length) {
      const button = make("button", "token", this.element);
      button.type = "button";
      button.tabIndex = -1;
      make("bdi", "", button).dir = "auto";
      this.#buttons.push(button);
    }
    if (this.#roving >= tokens.length) this.#roving = 0;
    this.element.style.gridTemplateColumns = `repeat(${Math.max(1, tokens.length)},minmax(0,1fr))`;
    for (const [place, button] of this.#buttons.entries()) {
      const isLit = state.lit.has(place);
      const isShown = place % state.every === 0 || isLit;
      setText(button.firstElementChild as Element, isShown ? tokenText(tokens[place] as string) : "");
      setAttribute(button, "aria-label", state.spoken(place));
      setAttribute(button, "aria-pressed", String(place === state.pinned));
      button.classList.toggle("lit", isLit);
      button.classList.toggle("dim", state.isDimmed && !isLit);
    }
    this.#rove(this.#roving);
  }

  #rove(place: number): void {
    for (const [at, button] of this.#buttons.entries()) {
      const index = at === place ? 0 : -1;
      if (button.tabIndex !== index) button.tabIndex = index;
    }
    this.#roving = place;
  }
}
