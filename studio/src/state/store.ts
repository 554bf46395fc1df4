import { useLayoutEffect, useReducer } from "preact/hooks";

/** A value that can be read, replaced and listened to. */
export interface Store<T> {
  get(): T;
  set(next: T): void;
  /** @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  const listeners = new Set<() => void>();
  let value = initial;
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The value of a store in a component, which is drawn anew when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const seen = store.get();
  useLayoutEffect(() => {
    if (!Object.is(store.get(), seen)) redraw(undefined);
    return store.subscribe(() => redraw(undefined));
  }, [store]);
  return seen;
}
