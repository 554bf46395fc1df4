import { hexColor, inkOn, type Rgb, sequentialTable, shadeIndex, type Theme } from "../color-table.ts";
import { tokenText } from "../token-text.ts";
import { make, setAttribute, setText } from "./base.ts";
import { type Painting, paint, paintRange } from "./step-scrubber-model.ts";

/** The input text under a step: each token shaded by its weight, with a bar of what was read of it so far, and painted by hand. */

export interface InputTextState {
  readonly tokens: readonly string[];
  readonly weights: readonly number[];
  readonly coverage: readonly number[];
  /** Coverage of a full bar. */
  readonly mostCoverage: number;
  readonly painted: Painting;
  readonly masked: ReadonlySet<number>;
  /** The token that other views point at. */
  readonly marked: number | undefined;
  readonly editable: boolean;
  /** A click adds although Shift is not held, for who has no Shift key. */
  readonly adds: boolean;
  readonly theme: Theme;
  readonly label: string;
  readonly spoken: (place: number) => string;
}

/** What the reader does. */
export interface InputTextActions {
  readonly point: (place: number | undefined) => void;
  readonly paint: (painted: Painting) => void;
  /** A click where the text is not editable. */
  readonly choose: (place: number) => void;
}

interface Drag {
  readonly start: number;
  readonly adds: boolean;
  end: number;
}

const STRONG_RIGHT_TO_LEFT = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

export class InputText {
  readonly element: HTMLElement;
  readonly #actions: InputTextActions;
  #state: InputTextState | undefined;
  #drag: Drag | undefined;
  #roving = 0;
  /** Where the pointer went down whose click is to come. */
  #pressed: Drag | undefined;
  /** Whether the click to come ends a drag. */
  #hasDragged = false;

  constructor(parent: HTMLElement, actions: InputTextActions) {
    this.#actions = actions;
    this.element = make("div", "text", parent);
    this.element.setAttribute("role", "listbox");
    this.#listen();
  }

  update(state: InputTextState): void {
    this.#state = state;
    const { element } = this;
    const { tokens } = state;
    while (element.children.length > tokens.length) element.lastElementChild?.remove();
    while (element.children.length < tokens.length) element.append(character());
    if (this.#roving >= tokens.length) this.#roving = 0;
    setAttribute(element, "aria-label", state.label);
    setAttribute(element, "aria-multiselectable", state.editable ? "true" : undefined);
    element.classList.toggle("editable", state.editable);
    const direction = STRONG_RIGHT_TO_LEFT.test(tokens.join("")) ? "rtl" : "ltr";
    if (element.dir !== direction) element.dir = direction;
    for (const [place, option] of [...element.children].entries()) this.#show(option as HTMLElement, place);
  }

  #show(option: HTMLElement, place: number): void {
    const state = this.#state as InputTextState;
    const [cell, bar] = option.children as unknown as [HTMLElement, HTMLElement];
    setText(cell.firstElementChild as Element, tokenText(state.tokens[place] as string));
    const shade = shadeIndex(state.weights[place] as number);
    const color = sequentialTable(state.theme)[shade] as Rgb;
    const background = hexColor(color);
    if (cell.dataset.shade !== background) {
      cell.dataset.shade = background;
      cell.style.backgroundColor = background;
      cell.style.color = inkOn(color);
      cell.classList.toggle("strong", shade > 25);
    }
    const share = (state.coverage[place] as number) / Math.max(1e-9, state.mostCoverage);
    (bar.firstElementChild as HTMLElement).style.transform = `scaleX(${Math.min(1, share).toFixed(3)})`;
    const painted = this.#painted().includes(place);
    option.classList.toggle("painted", painted);
    option.classList.toggle("masked", state.masked.has(place));
    option.classList.toggle("marked", state.marked === place);
    setAttribute(option, "aria-selected", String(state.editable ? painted : state.marked === place));
    setAttribute(option, "aria-label", state.spoken(place));
    const index = place === this.#roving ? 0 : -1;
    if (option.tabIndex !== index) option.tabIndex = index;
  }

  /** What is painted, and during a drag what would be. */
  #painted(): Painting {
    const { painted } = this.#state as InputTextState;
    const drag = this.#drag;
    return drag && drag.end !== drag.start ? paintRange(painted, [drag.start, drag.end], drag.adds) : painted;
  }

  #placeOf(target: EventTarget | null): number | undefined {
    const option = target instanceof Element ? target.closest(".char") : null;
    return option ? [...this.element.children].indexOf(option) : undefined;
  }

  #listen(): void {
    const { element } = this;
    const point = (event: Event) => this.#actions.point(this.#placeOf(event.target));
    element.addEventListener("pointerover", point);
    element.addEventListener("pointerleave", () => this.#actions.point(undefined));
    element.addEventListener("focusin", (event) => {
      const place = this.#placeOf(event.target);
      if (place !== undefined) this.#rove(place);
      point(event);
    });
    element.addEventListener("focusout", () => this.#actions.point(undefined));
    element.addEventListener("pointerdown", (event) => this.#begin(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", () => this.#end());
    element.addEventListener("pointercancel", () => this.#cancel());
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #begin(event: PointerEvent): void {
    const place = this.#placeOf(event.target);
    this.#pressed = undefined;
    this.#hasDragged = false;
    if (place === undefined || event.button !== 0) return;
    this.#drag = { start: place, end: place, adds: event.shiftKey || this.#state?.adds === true };
    if (this.#state?.editable) this.element.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag || !this.#state?.editable) return;
    const root = this.element.getRootNode() as ShadowRoot | Document;
    const place = this.#placeOf(root.elementFromPoint(event.clientX, event.clientY));
    if (place === undefined || place === drag.end) return;
    drag.end = place;
    this.#actions.point(place);
    this.update(this.#state);
  }

  #end(): void {
    const drag = this.#drag;
    if (!drag || !this.#state) return;
    const painted = this.#painted();
    this.#drag = undefined;
    // A press without a drag is left to its click: what a click changes may move, and the click must not fall on another part.
    if (drag.end === drag.start) this.#pressed = drag;
    else {
      this.#hasDragged = true;
      if (this.#state.editable) this.#actions.paint(painted);
    }
  }

  /** The click of a pointer, or of assistive technology, which has none. */
  #click(event: MouseEvent): void {
    const pressed = this.#pressed;
    this.#pressed = undefined;
    if (this.#hasDragged) this.#hasDragged = false;
    else this.#use(pressed?.start ?? this.#placeOf(event.target), pressed?.adds ?? event.shiftKey);
  }

  #cancel(): void {
    this.#drag = undefined;
    if (this.#state) this.update(this.#state);
  }

  /** A click, a tap or Enter. */
  #use(place: number | undefined, adds: boolean): void {
    const state = this.#state;
    if (place === undefined || !state) return;
    if (!state.editable) this.#actions.choose(place);
    else this.#actions.paint(paint(state.painted, place, adds || state.adds));
  }

  #onKey(event: KeyboardEvent): void {
    const place = this.#placeOf(event.target);
    const state = this.#state;
    if (place === undefined || !state || event.ctrlKey || event.metaKey || event.altKey) return;
    const ahead = this.element.dir === "rtl" ? -1 : 1;
    const last = state.tokens.length - 1;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: place - ahead,
      ArrowRight: place + ahead,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (event.key === "Enter" || event.key === " ") this.#use(place, event.shiftKey);
    else if (event.key === "Escape" && state.painted.length > 0) this.#actions.paint([]);
    else if (target !== undefined && target >= 0 && target <= last) {
      if (event.shiftKey && state.editable) this.#actions.paint(paintRange(state.painted, [place, target], true));
      (this.element.children[target] as HTMLElement).focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #rove(place: number): void {
    (this.element.children[this.#roving] as HTMLElement | undefined)?.setAttribute("tabindex", "-1");
    (this.element.children[place] as HTMLElement).tabIndex = 0;
    this.#roving = place;
  }
}

function character(): HTMLElement {
  const option = make("div", "char");
  option.setAttribute("role", "option");
  option.setAttribute("tabindex", "-1");
  const cell = make("span", "cell", option);
  make("bdi", "", cell).dir = "auto";
  make("i", "", make("span", "bar", option));
  return option;
}
