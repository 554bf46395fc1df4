/** What becomes of files that are dropped into the window: a page may take them, else they are opened as a model. */
import type { Picked } from "../pages/open/intake.ts";
import { createStore, type Store } from "./store.ts";

/** @returns whether it has taken them */
export type TakeDropped = (picked: readonly Picked[]) => boolean;

export const dropTaker: Store<TakeDropped | undefined> = createStore<TakeDropped | undefined>(undefined);

/** Takes what is dropped from now on. @returns a function that ends it */
export function takeDrops(take: TakeDropped): () => void {
  dropTaker.set(take);
  return () => {
    if (dropTaker.get() === take) dropTaker.set(undefined);
  };
}
