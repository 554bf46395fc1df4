/** Where the reader is: the address bar as a store. */
import { useMemo } from "preact/hooks";
import { type Address, type Fields, formatAddress, parseAddress, readFields, writeFields } from "./hash.ts";
import { notify } from "./notices.ts";
import { createStore, type Store, useStore } from "./store.ts";

export const HOME = "look";

function readBar(): Address {
  const { value, dropped } = parseAddress(location.hash, HOME);
  sayDropped(dropped);
  return value;
}

const said = new Set<string>();

/** Says once for an address which of its parts were dropped: by the address itself, then by the page that reads it. */
function sayDropped(dropped: readonly string[]): void {
  const what = [location.hash, ...dropped].join("\n");
  if (dropped.length === 0 || said.has(what)) return;
  said.add(what);
  notify({ kind: "dropped", detail: dropped.slice(0, 8).join(", ") });
}

export const route: Store<Address> = createStore<Address>(readBar());

addEventListener("popstate", () => route.set(readBar()));

const visited = new Map<string, Address>();
route.subscribe(() => visited.set(route.get().page, route.get()));
visited.set(route.get().page, route.get());

/** Where the reader last was on a page, as a link: coming back, one finds it as it was. */
export function linkTo(page: string): string {
  return formatAddress(visited.get(page) ?? { page, values: new Map() });
}

/** Goes to an address: as a new entry of the browser's history, or in place of the present one. */
export function navigate(address: Address, how: "push" | "replace" = "push"): void {
  const hash = formatAddress(address);
  if (hash !== location.hash) {
    if (how === "push") history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }
  route.set(address);
}

/** Goes to a page. */
export function goTo(page: string, values: Readonly<Record<string, string>> = {}): void {
  navigate({ page, values: new Map(Object.entries(values)) });
}

/** Changes some of a page's state. `push` makes it a step that the browser's back button undoes. */
export type Update<T> = (changes: Partial<T>, how?: "push" | "replace") => void;

/** A page's state, kept in the address. */
export function useRouteState<T extends object>(
  page: string,
  fields: Fields<T>,
): readonly [state: T, update: Update<T>] {
  const address = useStore(route);
  const state = useMemo(() => {
    const { value, dropped } = readFields(fields, address.page === page ? address.values : new Map());
    sayDropped(dropped);
    return value;
  }, [address, page, fields]);
  const update = useMemo(() => {
    return (changes: Partial<T>, how: "push" | "replace" = "replace") => {
      const { page: now, values } = route.get();
      if (now !== page) return;
      navigate({ page, values: writeFields(fields, { ...readFields(fields, values).value, ...changes }) }, how);
    };
  }, [page, fields]);
  return [state, update];
}
