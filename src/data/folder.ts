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
  /** Names of all files, sorted; empty where the folder does not exist. */
  list(): Promise<readonly string[]>;
}

/** A folder in memory. */
export function memoryFolder(path = "memory"): Folder {
  const files = new Map<string, Uint8Array>();
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

export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
