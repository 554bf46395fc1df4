import type { Theme } from "../color-table.ts";
import type { Language } from "../messages.ts";

/** What the page around an element says, and may change at any time: language, theme, density of pixels. */

/** The element or shadow host that holds a node. */
function holder(node: Node): Node | null {
  return node instanceof ShadowRoot ? node.host : node.parentNode;
}

function nearestAttribute(element: Element, name: string): string | undefined {
  for (let node: Node | null = element; node !== null; node = holder(node)) {
    const value = node instanceof Element ? node.getAttribute(name) : null;
    if (value !== null && value !== "") return value;
  }
  return undefined;
}

/** The language of the nearest `lang`, the element's own first; English where there is none that the views speak. */
export function languageOf(element: Element): Language {
  return /^zh\b/i.test(nearestAttribute(element, "lang") ?? "") ? "zh-CN" : "en";
}

/** The element's own `theme`, else the nearest `data-theme`, else what the reader's system prefers. */
export function themeOf(element: Element): Theme {
  const own = element.getAttribute("theme");
  const chosen = own === "light" || own === "dark" ? own : own === "auto" ? "auto" : undefined;
  const theme = chosen ?? nearestAttribute(element, "data-theme");
  if (theme === "light" || theme === "dark") return theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Whether the reader asked for less movement. */
export function prefersStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

const listeners = new Set<() => void>();
let stopWatching: (() => void) | undefined;

function tellAll(): void {
  for (const listener of listeners) listener();
}

function startWatching(): () => void {
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener("change", tellAll);
  const observer = new MutationObserver(tellAll);
  observer.observe(document, { subtree: true, attributes: true, attributeFilter: ["lang", "data-theme"] });
  let density: MediaQueryList | undefined;
  const onDensity = () => {
    density?.removeEventListener("change", onDensity);
    density = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    density.addEventListener("change", onDensity);
    tellAll();
  };
  onDensity();
  return () => {
    for (const query of queries) query.removeEventListener("change", tellAll);
    observer.disconnect();
    density?.removeEventListener("change", onDensity);
  };
}

/** Calls `listener` whenever language, theme or density of pixels may have changed, until the function it gives back is called. */
export function watchEnvironment(listener: () => void): () => void {
  stopWatching ??= startWatching();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stopWatching?.();
    stopWatching = undefined;
  };
}
