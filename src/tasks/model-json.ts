import type * as z from "zod/mini";
import { encodeText, type Folder } from "../data/folder.ts";
import { ModelError } from "../tensor/errors.ts";
import { faultOf } from "./schema-fault.ts";

/** The version of a model folder's layout. */
export const FORMAT_VERSION = 1;

/** Under which key an ONNX file tells its task. */
export const METADATA_TASK = "fovea.task";

/** A JSON file of a model folder. */
export function jsonFile(value: unknown): Uint8Array {
  return encodeText(`${JSON.stringify(value, null, 2)}\n`);
}

/** Bytes, and where they stand, for messages. */
export interface Part {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What to do about a damaged file of a model. */
export const DAMAGE_MEND = "restore it, or make the model again";

/** Where a model folder's `config.json` has the version of its layout. */
const VERSION = "fovea";

/**
 * A JSON file of a model folder, of the form that its task has.
 *
 * @throws ModelError naming the file and what is wrong in it
 */
export function parseJson<T>({ file, bytes }: Part, type: z.ZodMiniType<T>, task: string): T {
  const fail = (found: string): never => {
    throw new ModelError(`model: expected ${file} to be of a ${task} model but found ${found}; ${DAMAGE_MEND}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`damaged JSON (${(error as Error).message})`);
  }
  const checked = type.safeParse(value);
  if (checked.success) return checked.data;
  const { path, wanted, found } = faultOf(checked.error, value);
  if (path === VERSION && typeof (value as Record<string, unknown>)[VERSION] === "number") {
    throw new ModelError(
      `model: expected ${file} to be of layout version ${wanted} but found version ${found}, of another Fovea; open it with the Fovea that wrote it`,
    );
  }
  return fail(path === "" ? `${found}, not ${wanted}` : `${found} as ${path}, not ${wanted}`);
}

/** A file that a model folder must have. @throws ModelError where it is missing */
export async function need(folder: Folder, name: string): Promise<Part> {
  const bytes = await folder.read(name);
  if (bytes) return { file: `${folder.path}/${name}`, bytes };
  throw new ModelError(`model: expected ${name} in ${folder.path} but found none; is it a folder of fovea train?`);
}
