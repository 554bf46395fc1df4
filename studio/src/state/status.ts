/** The sentence below the page: what is pointed at, from whichever view said it last. */
import { useLayoutEffect } from "preact/hooks";
import { route } from "./route.ts";
import { createStore, type Store } from "./store.ts";

export const status: Store<string> = createStore("");

/** Takes the sentence away whenever what it was about is another: it is said again of what is pointed at then. */
export function useStatusOf(what: unknown): void {
  // Before views draw what is new: they do so in a microtask, and may have something to say of it.
  useLayoutEffect(() => status.set(""), [what]);
}

let page = route.get().page;
route.subscribe(() => {
  if (route.get().page === page) return;
  page = route.get().page;
  status.set("");
});
