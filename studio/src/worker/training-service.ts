/** The worker that trains; the other half of each batch is taken by a worker of its own. */
import { memoryFolder, zipFolder } from "fovea/data";
import { RECIPES } from "fovea/tasks";
import { chooseBackend, webBackend } from "fovea/web";
import type { TrainingApi } from "./api.ts";
import type { Methods } from "./rpc.ts";
import { TrainingSession } from "./training-session.ts";

const session = new TrainingSession({
  recipes: RECIPES,
  backend: webBackend,
  compute: chooseBackend,
  folders: async () => ({ model: memoryFolder("training"), notes: memoryFolder("notes"), isSafe: false }),
  zip: zipFolder,
});

export const methods: TrainingApi & Methods = {
  recipes: () => session.recipes(),
  train: (request) => session.train(request),
  steer: (change) => session.steer(change),
  files: () => session.files(),
  zip: () => session.zip(),
  kept: () => session.kept(),
  discard: () => session.discard(),
};
