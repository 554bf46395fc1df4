/** Opening a model that the reader hands in, from anywhere in the page. */
import { choose, type Picked, readFiles } from "../pages/open/intake.ts";
import { keep } from "./kept.ts";
import { add } from "./models.ts";
import { goTo } from "./route.ts";
import { createStore, type Store } from "./store.ts";

export type Opening =
  | { readonly state: "idle" }
  | { readonly state: "reading" }
  | { readonly state: "failed"; readonly error: unknown };

export const opening: Store<Opening> = createStore<Opening>({ state: "idle" });

/** Opens what was picked and goes to look at it; what goes wrong is shown on the Open page. */
export async function openPicked(pick: () => Promise<readonly Picked[]> | readonly Picked[]): Promise<void> {
  if (opening.get().state === "reading") return;
  opening.set({ state: "reading" });
  try {
    const choice = choose(await pick());
    const files = await readFiles(choice);
    const name = await add(choice.name, files, "dropped");
    opening.set({ state: "idle" });
    goTo("look", { model: name });
    await keep(name, files);
  } catch (error) {
    opening.set({ state: "failed", error });
    goTo("open");
  }
}
