/** The worker that trains; of two workers, the other one is started from here. */
import { memoryFolder, zipFolder } from "fovea/data";
import { RECIPES } from "fovea/tasks";
import { chooseBackend, webBackend, webFolder, webFolderKind } from "fovea/web";
import type { TrainingApi } from "./api.ts";
import type { Methods } from "./rpc.ts";
import { type TrainingFolders, TrainingSession } from "./training-session.ts";

const MODEL = "training";
const NOTES = "training-notes";

/** So long another worker may take to let go: that of this page as it was before a reload. */
const PATIENCE_MS = 1500;

/** Takes the folders for this worker for as long as it lives; whether they could be had. */
function claim(): Promise<boolean> {
  const { locks } = navigator;
  // A browser without locks has no other page that would know of them.
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
    locks.request("fovea-training", { signal: AbortSignal.timeout(PATIENCE_MS) }, hold).catch(() => resolve(false));
  });
}

/** The browser's storage for this site, where there is one and no other page trains in it; else memory. */
async function folders(): Promise<TrainingFolders> {
  if ((await webFolderKind()) === "storage" && (await claim())) {
    return { model: await webFolder(MODEL), notes: await webFolder(NOTES), isSafe: true };
  }
  return { model: memoryFolder(MODEL), notes: memoryFolder(NOTES), isSafe: false };
}

const session = new TrainingSession({
  recipes: RECIPES,
  backend: webBackend,
  compute: chooseBackend,
  folders,
  zip: zipFolder,
});

export const methods: TrainingApi & Methods = {
  recipes: () => session.recipes(),
  isSafe: () => session.isSafe(),
  train: (request) => session.train(request),
  steer: (change) => session.steer(change),
  files: () => session.files(),
  zip: (more) => session.zip(more),
  kept: () => session.kept(),
  discard: () => session.discard(),
};
