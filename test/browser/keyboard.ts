import type { Page } from "playwright";

/** What a reader without a pointer does and sees. */

/** The element that has the focus, through all shadow trees. */
export interface Focused {
  /** Role or tag, and name, as `button "Export"`. */
  readonly label: string;
  /** Whether it looks otherwise than without the focus. */
  readonly isVisible: boolean;
  /** Tells the element from all others of the page. */
  readonly id: number;
}

/** Put into the page: numbers elements, names them, and finds all that can be reached. */
const TOOLS = `globalThis.keyboardTools ??= (() => {
  const ids = new WeakMap();
  let last = 0;
  const idOf = (element) => ids.get(element) ?? (ids.set(element, ++last), last);
  const nameOf = (element) => {
    const isBox = /^(input|select|textarea)$/.test(element.localName);
    const text = isBox ? element.labels?.[0]?.textContent : element.textContent;
    const label = element.getAttribute("aria-label") ?? (text || element.getAttribute("title"));
    const by = element.getAttribute("aria-labelledby");
    const named = by && element.getRootNode().getElementById(by)?.textContent;
    return (named || label || "").trim().replace(/\\s+/g, " ").slice(0, 60);
  };
  const labelOf = (element) => (element.getAttribute("role") ?? element.localName) + " “" + nameOf(element) + "”";
  const deepActive = () => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at;
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && element.getClientRects().length > 0;
  const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? [one, ...all(one.shadowRoot)] : [one]));
  const isReachable = (element) => element.tabIndex >= 0 && !element.disabled && shown(element)
    && !(element.localName === "iframe") && !element.shadowRoot?.delegatesFocus;
  const WAYS = ["outline-style", "outline-width", "outline-color", "box-shadow", "border-color", "background-color", "stroke", "stroke-width"];
  const look = (element) => {
    const around = [element, element.parentElement, element.closest("label"), ...element.querySelectorAll("rect, circle, canvas, span")];
    return around.filter(Boolean).map((one) => {
      const style = getComputedStyle(one);
      return WAYS.map((way) => (way.startsWith("outline") && style.outlineStyle === "none" ? "" : style.getPropertyValue(way))).join();
    }).join(";");
  };
  return { idOf, labelOf, deepActive, all, isReachable, look };
})()`;

interface Tools {
  idOf(element: Element): number;
  labelOf(element: Element): string;
  deepActive(): HTMLElement | null;
  all(root: Document): HTMLElement[];
  isReachable(element: HTMLElement): boolean;
  look(element: HTMLElement): string;
}

declare global {
  var keyboardTools: Tools;
}

/** What has the focus; undefined where nothing has. */
export async function focused(page: Page): Promise<Focused | undefined> {
  await page.evaluate(TOOLS);
  return page.evaluate(() => {
    const { deepActive, labelOf, idOf, look } = keyboardTools;
    const element = deepActive();
    if (!element || element === document.body) return undefined;
    const withFocus = look(element);
    element.blur();
    const without = look(element);
    // Focus that a key has given is given back as such.
    element.focus({ focusVisible: true, preventScroll: true } as FocusOptions);
    return { label: labelOf(element), id: idOf(element), isVisible: withFocus !== without };
  });
}

/** All that Tab should lead to: what takes the focus, and is not one of many cells that share a stop. */
export async function reachable(page: Page): Promise<Map<number, string>> {
  await page.evaluate(TOOLS);
  const found = await page.evaluate(() => {
    const { all, isReachable, idOf, labelOf } = keyboardTools;
    return all(document)
      .filter(isReachable)
      .map((element): [number, string] => [idOf(element), labelOf(element)]);
  });
  return new Map(found);
}

const MOST_STOPS = 400;

/** Goes on with Tab until the page is left; the stops. */
export async function tabThrough(page: Page, key: "Tab" | "Shift+Tab" = "Tab"): Promise<Focused[]> {
  const stops: Focused[] = [];
  const seen = new Set<number>();
  for (let count = 0; count < MOST_STOPS; count++) {
    await page.keyboard.press(key);
    const stop = await focused(page);
    if (!stop || seen.has(stop.id)) return stops;
    seen.add(stop.id);
    stops.push(stop);
  }
  throw new Error(`tabThrough: expected an end of the page but found none after ${MOST_STOPS} stops`);
}

/** Goes on with Tab to the element that is labelled so. */
export async function tabTo(page: Page, label: RegExp): Promise<void> {
  await page.evaluate(TOOLS);
  const seen: string[] = [];
  for (let count = 0; count < MOST_STOPS; count++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const element = keyboardTools.deepActive();
      return element && element !== document.body ? keyboardTools.labelOf(element) : "";
    });
    if (label.test(found)) return;
    seen.push(found);
  }
  throw new Error(`tabTo: expected a stop labelled ${label} but found ${[...new Set(seen)].join(", ")}`);
}
