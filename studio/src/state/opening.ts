/** Opening a model that the reader hands in, from anywhere in the page. */
import { choose, type Picked, readFiles } from "../pages/open/intake.ts";
import type { Files } from "../worker/api.ts";
import { keep } from "./kept.ts";
import { add, type ModelSource } from "./models.ts";
import { goTo, navigate, route } from "./route.ts";
import { fetchModel } from "./site.ts";
import { createStore, type Store } from "./store.ts";

export type Opening =
  | { readonly state: "idle" }
  | { readonly state: "reading" }
  | { readonly state: "failed"; readonly error: unknown };

export const opening: Store<Opening> = createStore<Opening>({ state: "idle" });

interface Found {
  readonly name: string;
  readonly files: Files;
}

/** Opens what was picked or dropped and goes to look at it; what goes wrong is shown on the Open page. */
export function openPicked(pick: () => Promise<readonly Picked[]> | readonly Picked[]): Promise<void> {
  return openFound("dropped", async () => {
    const choice = choose(await pick());
    return { name: choice.name, files: await readFiles(choice) };
  });
}

/** Opens the model at an address of the page's own server. */
export function openUrl(address: string): Promise<void> {
  return openFound("url", () => fetchModel(address));
}

/** Goes to look at a model. A link that brought it may say what to look at, too. */
function show(model: string, source: ModelSource): void {
  const { page, values } = route.get();
  if (source === "url" && page === "look")
    navigate({ page, values: new Map([...values, ["model", model]]) }, "replace");
  else goTo("look", { model });
}

async function openFound(source: ModelSource, find: () => Promise<Found>): Promise<void> {
  if (opening.get().state === "reading") return;
  opening.set({ state: "reading" });
  try {
    const { name, files } = await find();
    const known = await add(name, files, source);
    opening.set({ state: "idle" });
    show(known, source);
    if (source === "dropped") await keep(known, files);
  } catch (error) {
    opening.set({ state: "failed", error });
    goTo("open");
  }
}
