import { readdir, stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { OpenModel } from "../tasks/recipe.ts";
import { ModelError } from "../tensor/errors.ts";
import { type Context, pathFrom } from "./context.ts";

/** Opens the model at `path`, does what is to be done with it, and closes it whatever happens. */
export async function withModel<Result>(
  path: string,
  { context, command, use }: { context: Context; command: string; use: (model: OpenModel) => Promise<Result> },
): Promise<Result> {
  await requireFolder(path, context, command);
  const model = await context.openModel(pathFrom(context, path));
  try {
    return await use(model);
  } finally {
    await model.close();
  }
}

/** @throws ModelError where there is no folder, naming the models that are near */
async function requireFolder(path: string, context: Context, command: string): Promise<void> {
  const { cwd } = context;
  const absolute = resolve(cwd, path);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isDirectory()) return;
  const what = found ? "a file" : "nothing";
  const near = await modelsBeside(absolute, context);
  const mend = near.length > 0 ? `there is ${near.map((folder) => relative(cwd, folder)).join(", ")}` : undefined;
  throw new ModelError(
    `${command}: expected the folder of a trained model at ${path} but found ${what}; ${mend ?? "make one with fovea train dates"}`,
  );
}

const MOST_NAMED = 5;
/** Opening a model takes time: so many are tried. */
const MOST_TRIED = 10;

/** Folders beside the one that was asked for, each with a model that opens; what has no `config.json` is none. */
async function modelsBeside(path: string, { openModel }: Context): Promise<string[]> {
  const parent = dirname(path);
  const names = await readdir(parent).catch(() => []);
  const folders: string[] = [];
  let tried = 0;
  for (const name of names.sort()) {
    if (folders.length === MOST_NAMED || tried === MOST_TRIED) break;
    const folder = resolve(parent, name);
    const config = await stat(resolve(folder, "config.json")).catch(() => undefined);
    if (!config?.isFile()) continue;
    tried++;
    const opened = await openModel(folder).catch(() => undefined);
    if (!opened) continue;
    await opened.close();
    folders.push(folder);
  }
  return folders;
}
