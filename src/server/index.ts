/**
 * The studio's server: the built page as files, a model, the runs of a folder, and answers of the model, for this machine only
 * unless it is told otherwise. Runs in Node only; may import everything but `cli/`, which starts it.
 */
export { type StudioOptions, studioApp } from "./app.ts";
export { exportStudio } from "./export.ts";
export { type ListenOptions, listen, type StudioServer } from "./listen.ts";
export { type ModelFiles, modelFilesIn, openModelFiles } from "./model-files.ts";
export type { Site } from "./site.ts";
