/** The data that is to be trained on, and what the worker reads in it. */
import { messageOf } from "../../state/notices.ts";
import { createStore, type Store } from "../../state/store.ts";
import type { DataPreview, RecipeFacts } from "../../worker/api.ts";
import {
  type DataChoice,
  type DataFile,
  type DataPart,
  dataOf,
  filesOf,
  NO_DATA,
  neededRoles,
  probesFrom,
} from "./data-choice.ts";
import { newForm, type TrainForm } from "./form.ts";
import { form, recipes, trainingWorker } from "./train-store.ts";

/** What is known of the data that is chosen. */
export type DataState =
  | { readonly state: "none" | "reading" }
  | { readonly state: "read"; readonly preview: DataPreview };

export const dataState: Store<DataState> = createStore<DataState>({ state: "none" });

/** Whether it can be learnt from. */
export function isReady(now: DataState): boolean {
  return now.state === "read" && now.preview.fault === undefined;
}

const recipeOf = (name: string | undefined) => recipes.get().find((one) => one.name === name);

/** Changes what is trained on, and looks into it. */
export function changeData(changes: Partial<DataChoice>): void {
  const value = form.get();
  if (!value) return;
  form.set({ ...value, data: { ...value.data, ...changes } });
  void look();
}

/** Takes files for a part; what was said of the columns of others no longer holds. */
export function takeFiles(part: DataPart, files: readonly DataFile[]): void {
  changeData({ [part]: files, ...(part === "train" ? { columns: {}, sample: undefined } : {}) });
}

/** Takes dropped files as what is trained on, if need be by a recipe that learns from files. */
export function takeDropped(files: readonly DataFile[]): void {
  const value = form.get();
  const known = recipeOf(value?.recipe);
  if (value && known?.roles.length === 0) {
    const first = recipes.get().find(({ roles }) => roles.length > 0);
    if (first) chooseRecipe(first);
  }
  takeFiles("train", files);
}

/** A table of examples, made in the worker. */
export async function takeSample(name: string): Promise<void> {
  dataState.set({ state: "reading" });
  try {
    const blob = await trainingWorker().call("sample", name);
    changeData({ ...NO_DATA, train: [{ name: `${name}.tsv`, blob }], sample: name });
  } catch (error) {
    dataState.set({ state: "read", preview: { rows: [], count: 0, bad: 0, columns: [], fault: messageOf(error) } });
  }
}

/** Shows the form of a recipe; data that was chosen stays, and is read anew by it. */
export function chooseRecipe(recipe: RecipeFacts): void {
  const value = form.get();
  if (!value) return;
  const data = recipe.roles.length > 0 ? { ...value.data, columns: {} } : NO_DATA;
  form.set(newForm(recipe, value.workers, data));
  void look();
}

let asked = 0;

async function look(): Promise<void> {
  const mine = ++asked;
  const { recipe = "", data = NO_DATA } = form.get() ?? {};
  if (data.train.length === 0) {
    dataState.set({ state: "none" });
    return;
  }
  dataState.set({ state: "reading" });
  let preview: DataPreview;
  try {
    preview = await trainingWorker().call("preview", recipe, filesOf(data), dataOf(data));
  } catch (error) {
    preview = { rows: [], count: 0, bad: 0, columns: [], fault: messageOf(error) };
  }
  if (mine !== asked) return;
  dataState.set({ state: "read", preview });
  const value = form.get();
  const [role] = neededRoles(recipeOf(recipe) ?? { roles: [] });
  if (value && role !== undefined) form.set(withProbes(value, preview, role));
}

/** Watches the first texts of the data, unless the reader has named some. */
function withProbes(value: TrainForm, preview: DataPreview, role: string): TrainForm {
  return value.areProbesOwn ? value : { ...value, probes: probesFrom(preview, role) };
}
