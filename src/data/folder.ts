/**
 * A place for named files: a folder on disk in Node (`node-folder.ts`), a zip or memory in a page. A write is atomic: whoever
 * reads finds the old bytes or the new ones, whatever happens meanwhile.
 */
export interface Folder {
  /** How messages name it. */
  readonly path: string;
  /** The bytes of a file, or undefined where there is none. Names may hold `/`. */
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /**
   * Names of all files, sorted; empty where the folder does not exist.
   *
   * @param options.most for whoever wants to know only whether there are more: the folder may stop looking after so many and one
   */
  list(options?: { readonly most?: number }): Promise<readonly string[]>;
}

/**
 * A folder in memory.
 *
 * @param path how messages name it
 * @param options.files what is in it at first
 */
export function memoryFolder(
  path = "memory",
  { files: first = [] }: { files?: Iterable<readonly [string, Uint8Array]> } = {},
): Folder {
  const files = new Map(Array.from(first, ([name, bytes]) => [name, bytes.slice()]));
  return {
    path,
    read: async (name) => files.get(name)?.slice(),
    write: async (name, bytes) => {
      files.set(name, bytes.slice());
    },
    remove: async (name) => {
      files.delete(name);
    },
    list: async () => [...files.keys()].sort(),
  };
}

/** A folder in memory that holds these files. */
export function filesFolder(files: ReadonlyMap<string, Uint8Array>, path?: string): Folder {
  return memoryFolder(path, { files });
}

export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
