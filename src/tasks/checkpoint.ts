import type { Folder } from "../data/folder.ts";
import { readSafetensors, writeSafetensors } from "../data/safetensors.ts";
import { DataError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";

/** One file, so that one rename replaces it whole: arrays, and beside them what else a run has to know to go on. */
export const CHECKPOINT_FILE = "checkpoint.safetensors";

export interface Checkpoint<S> {
  readonly arrays: ReadonlyMap<string, NdArray>;
  readonly progress: S;
}

export function writeCheckpoint<S>(folder: Folder, { arrays, progress }: Checkpoint<S>): Promise<void> {
  return folder.write(CHECKPOINT_FILE, writeSafetensors(new Map(arrays), { progress: JSON.stringify(progress) }));
}

/**
 * The checkpoint of a folder.
 *
 * @throws DataError where there is none, or it is damaged
 */
export async function readCheckpoint(folder: Folder): Promise<Checkpoint<unknown>> {
  const bytes = await folder.read(CHECKPOINT_FILE);
  if (!bytes) {
    throw new DataError(`resume: expected a checkpoint in ${folder.path} but found none; train without --resume`);
  }
  const { tensors, metadata } = readSafetensors(bytes);
  try {
    return { arrays: tensors, progress: JSON.parse(metadata.progress as string) };
  } catch {
    throw new DataError(
      `resume: expected ${CHECKPOINT_FILE} to tell its progress but found none; train without --resume`,
    );
  }
}
