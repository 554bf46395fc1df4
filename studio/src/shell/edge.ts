import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** The share of the window that one bar may cover. */
const MOST = 0.25;

/**
 * Tells style sheets how much of the window a bar covers that stays at its edge, as `--fovea-top` and `--fovea-bottom`: what has
 * the focus is scrolled clear of it, and what sticks to that edge sticks beside it.
 */
export function useEdge(bar: RefObject<HTMLElement | null>, edge: "top" | "bottom"): void {
  useEffect(() => {
    const element = bar.current;
    if (!element) return;
    const tell = () => {
      // At a large text in a small window a bar would leave no room to the page.
      element.toggleAttribute("data-tall", element.offsetHeight > MOST * innerHeight);
      const sticks = getComputedStyle(element).position === "sticky";
      document.documentElement.style.setProperty(`--fovea-${edge}`, `${sticks ? element.offsetHeight : 0}px`);
    };
    const observer = new ResizeObserver(tell);
    observer.observe(element);
    addEventListener("resize", tell);
    return () => {
      observer.disconnect();
      removeEventListener("resize", tell);
    };
  }, [bar, edge]);
}
