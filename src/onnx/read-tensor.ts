import { ModelError } from "../tensor/errors.ts";
import { allocate, bytesPerElement, type DType, type NdArray, product } from "../tensor/nd-array.ts";
import { MAX_RANK } from "../tensor/operators/operator.ts";
import { dtypeOf } from "./data-types.ts";
import { decode, type TensorMessage } from "./messages.ts";

const EXTERNAL = 1;

/** Where a message keeps the elements of a type that are not raw bytes. 16-bit floats are their bits. */
const TYPED_FIELD: Readonly<Record<DType, "floatData" | "doubleData" | "int32Data" | "int64Data" | "uint64Data">> = {
  float32: "floatData",
  float64: "doubleData",
  float16: "int32Data",
  bfloat16: "int32Data",
  int8: "int32Data",
  int16: "int32Data",
  int32: "int32Data",
  uint8: "int32Data",
  uint16: "int32Data",
  bool: "int32Data",
  int64: "int64Data",
  uint32: "uint64Data",
  uint64: "uint64Data",
};

/** The element type of a number of TensorProto.DataType. @throws ModelError for one that we have not */
export function dtypeNumbered(owner: string, number: number | undefined): DType {
  const dtype = dtypeOf(number);
  if (dtype) return dtype;
  throw new ModelError(
    `onnx: expected ${owner} of a number type (float, double, 16-bit float, integer, bool) but found data type ${number ?? 0}`,
  );
}

/**
 * A tensor of a model. Its size is that of the data in the file, so that no small file makes a large array.
 *
 * @throws ModelError for data outside the file, for element types that we have not, and for sizes that do not match the data
 */
export function tensorValue(message: TensorMessage, owner: string): NdArray {
  if (message.dataLocation === EXTERNAL || message.externalData?.length) {
    throw new ModelError(`onnx: expected ${owner} inside the file but found external data; save the model as one file`);
  }
  const dtype = dtypeNumbered(owner, message.dataType);
  const shape = message.dims ?? [];
  const wrong = shape.some((dim) => !Number.isSafeInteger(dim) || dim < 0);
  if (wrong || shape.length > MAX_RANK) {
    throw new ModelError(`onnx: expected ${owner} to have up to ${MAX_RANK} dimensions but found [${brief(shape)}]`);
  }
  const raw = message.rawData;
  const typed = message[TYPED_FIELD[dtype]] ?? [];
  const found = raw?.length ? raw.length / bytesPerElement(dtype) : typed.length;
  if (found !== product(shape)) {
    throw new ModelError(`onnx: expected ${owner} to have ${product(shape)} elements of ${dtype} but found ${found}`);
  }
  return raw?.length ? fromBytes(raw, shape, dtype) : fromNumbers(typed, shape, dtype);
}

function brief(shape: readonly number[]): string {
  return shape.length > 8 ? `${shape.slice(0, 8)},…` : shape.join();
}

function fromBytes(raw: Uint8Array, shape: readonly number[], dtype: DType): NdArray {
  // A copy, for what a message holds need not lie where a typed array may start.
  const bytes = new Uint8Array(raw);
  if (dtype === "bool") return { data: bytes.map((x) => (x === 0 ? 0 : 1)), shape, dtype };
  return { data: allocate(dtype, product(shape), bytes.buffer), shape, dtype };
}

/** Elements that protobuf holds as numbers; 64-bit limits, which are not float64 numbers, stay limits. */
export function fromNumbers(values: readonly number[], shape: readonly number[], dtype: DType): NdArray {
  const data = allocate(dtype, values.length);
  for (const [i, x] of values.entries()) {
    if (data instanceof BigInt64Array) data[i] = x >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(x);
    else if (data instanceof BigUint64Array) data[i] = x >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(x);
    else data[i] = dtype === "bool" ? Number(x !== 0) : x;
  }
  return { data, shape, dtype };
}

/** The bytes of a TensorProto as an array. @throws ModelError when they are not one */
export function readTensor(bytes: Uint8Array): NdArray {
  return tensorValue(decode("Tensor", bytes), "the tensor");
}
