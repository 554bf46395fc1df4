import type { Folder } from "../data/folder.ts";
import { type ReadModel, readModel } from "../onnx/read.ts";
import { ModelError } from "../tensor/errors.ts";

/** An ONNX model that stands alone, with what its metadata says. */
export interface OnnxFile {
  /** As messages name it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly metadata: ReadModel["metadata"];
}

/**
 * The ONNX model of a folder that holds nothing else, whatever its name; undefined for any other folder.
 *
 * @throws ModelError for one that `readModel` refuses
 */
export async function onnxFileOf(folder: Folder): Promise<OnnxFile | undefined> {
  const [name, ...others] = await folder.list({ most: 1 });
  if (name === undefined || others.length > 0 || !name.toLowerCase().endsWith(".onnx")) return undefined;
  return readOnnxFile(`${folder.path}/${name}`, (await folder.read(name)) ?? new Uint8Array());
}

/** @throws ModelError naming the file, for one that `readModel` refuses */
function readOnnxFile(file: string, bytes: Uint8Array): OnnxFile {
  try {
    return { file, bytes, metadata: readModel(bytes).metadata };
  } catch (error) {
    throw new ModelError(`model: expected ${file} to load but found: ${(error as Error).message}`, { cause: error });
  }
}
