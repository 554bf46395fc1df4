import { useEffect, useRef } from "preact/hooks";
import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import { status } from "../state/status.ts";
import { useStore } from "../state/store.ts";
import { useEdge } from "./edge.ts";

const isAtHand = (view: Element) => view.matches(":hover, :focus-within");

/** The line below the page: what is pointed at, in words, from whichever view; and that nothing leaves the page. */
export function Status() {
  const words = useMessages(SHELL);
  const text = useStore(status);
  const footer = useRef<HTMLElement>(null);
  useEdge(footer, "bottom");
  useEffect(() => {
    let last: Element | undefined;
    const hear = (event: Event) => {
      const view = event.target instanceof Element ? event.target : undefined;
      // A view that only follows the one under the reader's hand has nothing to say.
      if (last && view !== last && isAtHand(last) && !(view && isAtHand(view))) return;
      last = view;
      status.set(String((event as CustomEvent<{ text?: string }>).detail?.text ?? ""));
    };
    addEventListener("fovea-status", hear);
    return () => removeEventListener("fovea-status", hear);
  }, []);
  return (
    <footer ref={footer} class="footer">
      <output class="status" aria-live="polite" aria-label={words.status} title={text}>
        {text}
      </output>
      <p class="private" title={words.privateLong}>
        <span aria-hidden="true" class="dot" />
        {words.private}
      </p>
    </footer>
  );
}
