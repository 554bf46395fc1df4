import type { Folder } from "../data/folder.ts";
import { decode } from "../onnx/messages.ts";
import { type ReadModel, readModel } from "../onnx/read.ts";
import { checkFields, DEFAULT_LIMITS } from "../onnx/read-limits.ts";
import { ModelError } from "../tensor/errors.ts";
import { MOST_NODES } from "./graph-work.ts";

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
 * @throws ModelError for damaged bytes; whether its graph can be read is not asked here
 */
export async function onnxFileOf(folder: Folder): Promise<OnnxFile | undefined> {
  const [name, ...others] = await folder.list({ most: 1 });
  if (name === undefined || others.length > 0 || !name.toLowerCase().endsWith(".onnx")) return undefined;
  // A file that was opened by itself lies in a folder that is called as it is.
  const isItself = folder.path.split(/[/\\]/).at(-1) === name;
  const file = isItself ? folder.path : `${folder.path}/${name}`;
  return readOnnxFile(file, (await folder.read(name)) ?? new Uint8Array());
}

function readOnnxFile(file: string, bytes: Uint8Array): OnnxFile {
  return naming(file, () => {
    checkFields(bytes, DEFAULT_LIMITS.fields);
    const { metadata = [] } = decode("Model", bytes);
    return { file, bytes, metadata: Object.fromEntries(metadata.map(({ key = "", value = "" }) => [key, value])) };
  });
}

/** @throws ModelError naming the file, for one that `readModel` refuses */
export function checkGraph({ file, bytes }: OnnxFile): void {
  naming(file, () => readModel(bytes, { limits: { nodes: MOST_NODES } }));
}

function naming<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ModelError(`model: expected ${file} to load but found: ${(error as Error).message}`, { cause: error });
  }
}
