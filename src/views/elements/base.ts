import type { Theme } from "../color-table.ts";
import type { Language } from "../messages.ts";
import { languageOf, themeOf, watchEnvironment } from "./environment.ts";
import { applyStyles, BASE_STYLE } from "./style-sheet.ts";
import { Telling } from "./telling.ts";

/** `HTMLElement`, or in Node an empty class, so that modules of elements can be imported anywhere. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/** What an element that draws itself may be told by an attribute or by a property of the same name. */
export type ThemeChoice = Theme | "auto";

/**
 * Base of all views: a shadow root with the shared style sheet, one `<div class="fv">` in it, language and theme from the page,
 * and drawing in a microtask after changes, however many there were.
 */
export abstract class ElementBase extends Base {
  static readonly observedAttributes: readonly string[] = ["lang", "theme"];

  /** What the element draws into. */
  protected readonly content: HTMLElement;
  /** When `fovea-status` is told. */
  protected readonly telling: Telling = new Telling((text) => this.emit("fovea-status", { text }));
  #name = "";
  #width = 0;
  #sizes: ResizeObserver | undefined;
  #isPending = false;
  #unwatch: (() => void) | undefined;

  constructor(style = "") {
    super();
    const root = this.attachShadow({ mode: "open" });
    applyStyles(root, [BASE_STYLE, style]);
    this.content = make("div", "fv");
    root.append(this.content);
  }

  /** Brings what is shown up to date with the properties. */
  protected abstract draw(): void;

  connectedCallback(): void {
    this.#takeEarlyProperties();
    this.#unwatch = watchEnvironment(() => this.invalidate());
    this.#sizes = new ResizeObserver(() => {
      if (this.content.clientWidth === this.#width) return;
      this.#width = this.content.clientWidth;
      this.invalidate();
    });
    this.#sizes.observe(this.content);
    this.invalidate();
  }

  disconnectedCallback(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#sizes?.disconnect();
  }

  /**
   * Pixels across that there are to draw on. Asked for once: from then on it is told, with a new drawing, and none has to wait
   * until the browser has laid the page out.
   */
  protected get width(): number {
    this.#width ||= this.content.clientWidth;
    return this.#width;
  }

  attributeChangedCallback(_name: string, _before: string | null, _after: string | null): void {
    this.invalidate();
  }

  /** `light`, `dark`, or `auto`: the nearest `data-theme`, else what the reader's system prefers. */
  get theme(): ThemeChoice {
    const theme = this.getAttribute("theme");
    return theme === "light" || theme === "dark" ? theme : "auto";
  }

  set theme(theme: ThemeChoice) {
    this.setAttribute("theme", theme);
  }

  /** What the view's sentences begin with, as `A` where two readings of a text stand beside each other. @default "" */
  get name(): string {
    return this.#name;
  }

  set name(name: string | undefined) {
    this.#name = name ?? "";
    this.invalidate();
  }

  /** A sentence that begins with the view's name; "" stays "". */
  protected named(sentence: string): string {
    if (sentence === "" || this.#name === "") return sentence;
    return `${this.#name}${this.language === "zh-CN" ? "：" : ": "}${sentence}`;
  }

  /** The language that the element speaks now. */
  get language(): Language {
    return languageOf(this);
  }

  /** The theme that the element shows now. */
  get activeTheme(): Theme {
    return themeOf(this);
  }

  /** Asks for a drawing in the next microtask. */
  protected invalidate(): void {
    if (this.#isPending || !this.isConnected) return;
    this.#isPending = true;
    queueMicrotask(() => {
      this.#isPending = false;
      if (this.isConnected) this.drawNow();
    });
  }

  /** Draws at once, for what must be measured or seen before the microtask. */
  protected drawNow(): void {
    const theme = this.activeTheme;
    this.content.classList.toggle("dark", theme === "dark");
    // Elements within this one find it here.
    setAttribute(this.content, "data-theme", theme);
    setAttribute(this.content, "lang", this.language);
    this.draw();
  }

  /** Fires an event that bubbles out of shadow roots. */
  protected emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  /** Properties set before the element was defined hide its accessors; sets them again, through the accessors. */
  #takeEarlyProperties(): void {
    const own = this as unknown as Record<string, unknown>;
    for (const name of Object.keys(this)) {
      if (!(name in Object.getPrototypeOf(this))) continue;
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
  }
}

/** Registers an element where there is a registry and the name is free. */
export function define(name: string, element: CustomElementConstructor): void {
  const registry = globalThis.customElements;
  if (registry && !registry.get(name)) registry.define(name, element);
}

/** An element with a class, put at the end of `parent`. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  parent?: ParentNode,
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  parent?.append(element);
  return element;
}

/** Sets text only where it differs, so that nothing is laid out or announced anew. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute only where it differs; `undefined` takes it away. */
export function setAttribute(element: Element, name: string, value: string | number | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}
