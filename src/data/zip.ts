import { zipSync } from "fflate";
import { type Folder, memoryFolder } from "./folder.ts";
import { inflateEntry, readDirectory } from "./zip-read.ts";

/** The time that files in an archive have unless another is given: the first that zip knows. */
const TIME = new Date(1980, 0, 1);

/** The folder that the files of an archive are put under where they would else all lie in one, which reading takes off. */
const OUTER = "model";

/**
 * The files of a folder as one zip archive. Equal folders and times give equal bytes.
 *
 * `folderFromZip` reads the same files from it.
 *
 * @param options.time when its files were written, by the clock of this place; default: the first time that zip knows
 */
export async function zipFolder(folder: Folder, { time = TIME }: { time?: Date } = {}): Promise<Uint8Array> {
  const names = await folder.list();
  const outer = topOf(names) === undefined ? "" : `${OUTER}/`;
  const files: [string, Uint8Array][] = [];
  for (const name of names) files.push([outer + name, (await folder.read(name)) ?? new Uint8Array()]);
  return zipSync(Object.fromEntries(files), { mtime: time });
}

/**
 * The files of a zip archive, as a folder in memory. Where all lie in one folder, it is that folder that is read.
 *
 * An archive may come from a stranger: of what it says only what fits is believed. At most 200 files, 256 MiB in all.
 *
 * @param options.path how messages name the folder, and the archive; default: `zip`
 * @throws DataError for bytes that are no zip archive, a damaged or encrypted one, one of more files or bytes, and one with names
 *   that lead out of a folder
 */
export function folderFromZip(bytes: Uint8Array, { path = "zip" }: { path?: string } = {}): Folder {
  const entries = readDirectory(bytes, path);
  const top = topOf(entries.map(({ name }) => name));
  const start = top === undefined ? 0 : top.length + 1;
  return memoryFolder(path, {
    files: entries.map((entry) => [entry.name.slice(start), inflateEntry(bytes, entry, path)] as const),
  });
}

/** The folder that all files lie in, if there is one. */
function topOf(names: readonly string[]): string | undefined {
  const [top, ...others] = new Set(names.map((name) => (name.includes("/") ? name.split("/")[0] : "")));
  return others.length > 0 || top === "" ? undefined : top;
}
