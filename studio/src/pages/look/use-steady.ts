import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** The view or the panel that the reader is at, by pointer or by focus. */
function atHand(within: HTMLElement | null): Element | undefined {
  const [section] = [...(within?.querySelectorAll("section") ?? [])].filter((one) =>
    one.matches(":hover, :focus-within"),
  );
  return section && ([...section.children].find((one) => one.matches(":hover, :focus-within")) ?? section);
}

/** In the page, however it is scrolled: what the reader scrolls meanwhile is not taken back. */
const placeOf = (element: Element) => element.getBoundingClientRect().top + scrollY;

/**
 * Keeps what the reader is at where it is in the window when something above it grows or shrinks: what is about to be pressed
 * must not move away. Only while pointer or focus are in some panel; else the page flows as it will.
 */
export function useSteady<T extends HTMLElement>(): RefObject<T | null> {
  const panels = useRef<T>(null);
  // Before anything of this drawing reaches the document.
  const anchor = atHand(panels.current);
  const before = anchor && placeOf(anchor);
  useLayoutEffect(() => {
    if (!anchor || before === undefined) return;
    let at = before;
    const keep = () => {
      const now = placeOf(anchor);
      if (anchor.isConnected && Math.abs(now - at) >= 1) scrollBy({ top: now - at, behavior: "instant" });
      at = now;
    };
    keep();
    // Views draw themselves a little later, but before the frame.
    const frame = requestAnimationFrame(keep);
    return () => cancelAnimationFrame(frame);
  });
  return panels;
}
