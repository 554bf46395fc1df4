/** Models that this browser keeps between visits, where it keeps anything for pages. */
import { listWebFolders, removeWebFolder, webFolder, webFolderKind } from "fovea/data";
import type { Files } from "../worker/api.ts";
import { messageOf, notify } from "./notices.ts";

/** Sets the folders of kept models apart from those of a training. */
const PREFIX = "kept-";

const folderName = (name: string) => PREFIX + encodeURIComponent(name);

/** Names of the models that are kept. */
export async function keptModels(): Promise<readonly string[]> {
  if ((await webFolderKind()) === "memory") return [];
  const names = (await listWebFolders()).filter((name) => name.startsWith(PREFIX));
  return names.flatMap((name) => {
    try {
      return [decodeURIComponent(name.slice(PREFIX.length))];
    } catch {
      return [];
    }
  });
}

/** The files of a model that is kept. */
export async function readKept(name: string): Promise<Files> {
  const folder = await webFolder(folderName(name));
  const files = new Map<string, Uint8Array>();
  for (const file of await folder.list()) {
    const bytes = await folder.read(file);
    if (bytes) files.set(file, bytes);
  }
  return files;
}

/** Keeps a model. Where the browser has no room left, it is said, and the model stays open all the same. */
export async function keep(name: string, files: Files): Promise<void> {
  if ((await webFolderKind()) === "memory") return;
  try {
    const folder = await webFolder(folderName(name));
    for (const [file, bytes] of files) await folder.write(file, bytes);
  } catch (error) {
    await forget(name).catch(() => undefined);
    notify({ kind: "error", detail: messageOf(error) });
  }
}

export async function forget(name: string): Promise<void> {
  await removeWebFolder(folderName(name));
}
