/**
 * What is pointed at and what is pinned. Pointing previews and changes nothing; a click pins; a click on what is pinned, or Esc,
 * lets go. On a touch screen, where nothing hovers, the first tap points and a second one pins.
 */

/** A row, a column or a cell of a map; both places count from 0. */
export interface Place {
  readonly query?: number;
  readonly key?: number;
}

/** All that another view shows, to be shown here too; `pinned` says that it stays. */
export interface Selection extends Place {
  readonly pinned?: boolean;
}

export interface SelectionState {
  readonly pointed?: Place | undefined;
  readonly pinned?: Place | undefined;
}

export type SelectionAction =
  | { readonly kind: "point"; readonly place: Place | undefined }
  | { readonly kind: "click"; readonly place: Place }
  | { readonly kind: "tap"; readonly place: Place }
  | { readonly kind: "escape" }
  | { readonly kind: "show"; readonly selection: Selection | undefined };

export function isSamePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.query === b.query && a.key === b.key);
}

function isNowhere(place: Place | undefined): boolean {
  return place === undefined || (place.query === undefined && place.key === undefined);
}

/** The state after an action; the same object when nothing changed. */
export function nextSelection(state: SelectionState, action: SelectionAction): SelectionState {
  switch (action.kind) {
    case "point":
      return isSamePlace(state.pointed, action.place) ? state : { ...state, pointed: action.place };
    case "click": {
      const lets = isSamePlace(state.pinned, action.place);
      return { pointed: action.place, pinned: lets ? undefined : action.place };
    }
    case "tap": {
      if (isSamePlace(state.pinned, action.place)) return { pointed: action.place, pinned: undefined };
      if (isSamePlace(state.pointed, action.place)) return { pointed: action.place, pinned: action.place };
      return { ...state, pointed: action.place };
    }
    case "escape":
      if (state.pinned) return { ...state, pinned: undefined };
      return state.pointed ? { pinned: undefined, pointed: undefined } : state;
    case "show": {
      if (isNowhere(action.selection)) return {};
      const { query, key, pinned } = action.selection as Selection;
      const place = { ...(query === undefined ? {} : { query }), ...(key === undefined ? {} : { key }) };
      return pinned ? { pinned: place } : { pointed: place };
    }
  }
}

/** What is shown now: what is pointed at, else what is pinned. */
export function shownPlace(state: SelectionState): Place | undefined {
  return state.pointed ?? state.pinned;
}

/** The cell that an arrow key, Home or End leads to, or undefined for keys that do not move. */
export function cellAfterArrow(
  key: string,
  from: Required<Place>,
  size: { readonly rows: number; readonly columns: number },
): Required<Place> | undefined {
  const moves: Readonly<Record<string, Required<Place>>> = {
    ArrowUp: { ...from, query: from.query - 1 },
    ArrowDown: { ...from, query: from.query + 1 },
    ArrowLeft: { ...from, key: from.key - 1 },
    ArrowRight: { ...from, key: from.key + 1 },
    Home: { ...from, key: 0 },
    End: { ...from, key: size.columns - 1 },
  };
  const to = moves[key];
  const held = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
  return to && { query: held(to.query, size.rows), key: held(to.key, size.columns) };
}
