/** The worker that trains; of two workers, the other one is started from here. */
import { memoryFolder, zipFolder } from "fovea/data";
import { RECIPES, type TrainingFiles } from "fovea/tasks";
import { DataError } from "fovea/tensor";
import { chooseBackend, webBackend, webFolder, webFolderKind } from "fovea/web";
import type { Data, DataPreview, Keeping, TrainingApi } from "./api.ts";
import { previewData } from "./data-preview.ts";
import { dataSource } from "./data-source.ts";
import type { Methods } from "./rpc.ts";
import { type TrainingPlace, TrainingSession } from "./training-session.ts";

const MODEL = "training";
const NOTES = "training-notes";

const LOCK = "fovea-training";

/** So long another worker may take to let go: that of this page as it was before a reload. */
const PATIENCE_MS = 5000;

/** Takes the browser's folders for this worker. @returns a function that lets them go; undefined where another page has them */
function claim(): Promise<(() => void) | undefined> {
  const { locks } = navigator;
  // A browser without locks has no other page that would know of them.
  if (!locks) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    const hold = () => new Promise<void>((release) => resolve(release));
    locks.request(LOCK, { signal: AbortSignal.timeout(PATIENCE_MS) }, hold).catch(() => resolve(undefined));
  });
}

/** The folders in the browser's storage for this site, where there is one and no other page trains in it; else in memory. */
async function take(): Promise<TrainingPlace> {
  const isStorage = (await webFolderKind()) === "storage";
  const release = isStorage ? await claim() : undefined;
  if (release) return { model: await webFolder(MODEL), notes: await webFolder(NOTES), keeping: "kept", release };
  const folders = { model: memoryFolder(MODEL), notes: memoryFolder(NOTES) };
  return { ...folders, keeping: isStorage ? "busy" : "lost", release: () => undefined };
}

async function keeping(): Promise<Keeping> {
  if ((await webFolderKind()) !== "storage") return "lost";
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === LOCK) ? "busy" : "kept";
}

const session = new TrainingSession({
  recipes: RECIPES,
  backend: webBackend,
  compute: chooseBackend,
  take,
  keeping,
  zip: zipFolder,
});

let previews = 0;

async function preview(name: string, files: TrainingFiles, data: Data): Promise<DataPreview> {
  const mine = ++previews;
  const { roles = [] } = RECIPES.find((recipe) => recipe.name === name) ?? {};
  const open = (file: string) => {
    const blob = data.get(file);
    if (!blob) throw new DataError(`${name}: expected data in ${file} but found none; choose the file again`);
    return dataSource(name, file, blob);
  };
  return previewData({ owner: name, roles, files, open, isStale: () => mine !== previews });
}

export const methods: TrainingApi & Methods = {
  recipes: () => session.recipes(),
  preview,
  sample: async (name) => (await import("./sample-data.ts")).sampleTable(name),
  keeping: () => session.keeping(),
  train: (request, data) => session.train(request, data),
  steer: (change) => session.steer(change),
  files: () => session.files(),
  zip: (more) => session.zip(more),
  kept: () => session.kept(),
  discard: () => session.discard(),
};
