import type { AttentionMap } from "fovea/views";
import { useMemo, useState } from "preact/hooks";
import type { Update } from "../../state/route.ts";
import type { LookState } from "./look-state.ts";

/** A cell, or a row or a column alone, that the views show together. */
export interface Selection {
  readonly query?: number;
  readonly key?: number;
  readonly pinned?: boolean;
}

/** What a view tells of a place; nothing where it points at none. */
type Told = Selection | null | undefined;

/** How one view takes part. */
export interface Link {
  readonly selection: Selection;
  readonly on: { readonly "fovea-point": (place: Told) => void; readonly "fovea-pin": (place: Told) => void };
}

/** The one selection of all views of a map: what is pointed at, else what is pinned, which the address keeps. */
export interface SharedSelection {
  /** Now, whichever view it comes from. */
  readonly now: Selection;
  readonly link: (view: string) => Link;
  readonly point: (place: Told, view?: string) => void;
  readonly letGo: () => void;
}

/** A selection, or nothing of it where the map has no such place: the address may name any. */
export function within(selection: Selection, map: AttentionMap | undefined): Selection {
  const { query, key } = selection;
  return map && (query ?? 0) < map.rows.length && (key ?? 0) < map.columns.length ? selection : {};
}

const NOWHERE: Selection = {};

export function useSelection(
  map: AttentionMap | undefined,
  { q, k }: Pick<LookState, "q" | "k">,
  update: Update<LookState>,
): SharedSelection {
  const [pointed, setPointed] = useState<{ readonly place: Selection; readonly view: string } | undefined>(undefined);
  const pinned = useMemo(() => {
    if (q === undefined && k === undefined) return NOWHERE;
    const place = { ...(q === undefined ? {} : { query: q }), ...(k === undefined ? {} : { key: k }), pinned: true };
    return within(place, map);
  }, [q, k, map]);
  const now = useMemo(() => (pointed ? within(pointed.place, map) : pinned), [pointed, pinned, map]);
  const point = (place: Told, view = "") => setPointed(place ? { place, view } : undefined);
  const pin = (place: Told) => {
    // A view that has shown another's selection since no longer knows that this cell was pinned, and pins it again.
    const isAgain = place?.query === q && place?.key === k;
    update(isAgain ? { q: undefined, k: undefined } : { q: place?.query, k: place?.key });
  };
  return {
    now,
    point,
    letGo: () => {
      setPointed(undefined);
      update({ q: undefined, k: undefined });
    },
    // The view that points knows by itself where; told so, it would forget what is pinned in it.
    link: (view) => ({
      selection: pointed?.view === view ? pinned : now,
      on: { "fovea-point": (place) => point(place, view), "fovea-pin": pin },
    }),
  };
}
