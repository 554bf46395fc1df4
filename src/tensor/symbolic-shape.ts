import { addDims, type Dim, multiplyDims, type Shape, symbolsOf, termsOf } from "./dim.ts";
import { array, type NdArray, numbers } from "./nd-array.ts";
import { applyOne, concat, constant, leaf, type Tensor } from "./tensor.ts";

/**
 * A shape as an int64 vector in the graph. Numbers become a constant; each symbol becomes a `Dim` leaf, which emission reads
 * from the graph input that carries the symbol. Products and sums are computed from theirs.
 */
export function shapeTensor(shape: Shape): Tensor {
  if (shape.every((dim) => typeof dim === "number")) return constant(array(shape as number[], undefined, "int64"));
  return concat(shape.map(dimTensor), 0);
}

function dimTensor(dim: Dim): Tensor {
  const { factor, symbols } = symbolsOf(dim);
  const parts = symbols.map(symbolTensor);
  if (factor !== 1 || parts.length === 0) parts.push(constant(array([factor], [1], "int64")));
  return parts.reduce((product, part) => applyOne("Mul", [product, part]));
}

function symbolTensor(symbol: string): Tensor {
  const terms = termsOf(symbol);
  if (terms.length > 1) return terms.map(dimTensor).reduce((sum, term) => applyOne("Add", [sum, term]));
  return leaf("Dim", { symbol }, { shape: [1], dtype: "int64" });
}

/** Operators through which dimensions are followed, and how many of their inputs hold some. */
const FOLLOWED: Readonly<Record<string, number>> = {
  Concat: Number.POSITIVE_INFINITY,
  ...{ Mul: 2, Add: 2 },
  ...{ Cast: 1, Squeeze: 1, Unsqueeze: 1 },
};
/** Operators that compute dimensions from others. */
const COMBINED: Readonly<Record<string, (dims: Shape) => Dim>> = { Mul: multiplyDims, Add: addDims };
/** The largest number of the types of integers that are followed. */
const LARGEST: Readonly<Record<string, number>> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER };
/** Doubling and squaring make vectors and texts of dimensions long: what is longer than this is left to the run. */
const MOST_CHARACTERS = 512;
const memory = new WeakMap<Tensor, Dim[] | null>();

/** What is known of an integer vector when the graph is built: its dimensions, or undefined. Iterative: chains are long. */
export function knownDims(tensor: Tensor | undefined): Dim[] | undefined {
  if (!tensor) return undefined;
  const pending = [tensor];
  for (let at = pending.at(-1); at; at = pending.at(-1)) {
    const missing = memory.has(at) ? [] : followedInputs(at).filter((part) => !memory.has(part));
    for (const part of missing) pending.push(part);
    if (missing.length > 0) continue;
    if (!memory.has(at)) memory.set(at, followDims(at) ?? null);
    pending.pop();
  }
  return memory.get(tensor) ?? undefined;
}

function followedInputs({ node, dtype, rank }: Tensor): readonly Tensor[] {
  const count = Object.hasOwn(FOLLOWED, node.operator) && Object.hasOwn(LARGEST, dtype) && rank < 2;
  return count ? (node.inputs.slice(0, FOLLOWED[node.operator]) as readonly Tensor[]) : [];
}

function followDims(tensor: Tensor): Dim[] | undefined {
  const { operator, inputs, attributes } = tensor.node;
  if (operator === "Constant") return numbers(attributes.value as NdArray);
  if (operator === "Dim") return [attributes.symbol as string];
  if (operator === "Shape") {
    const { start, end } = attributes as { start?: number; end?: number };
    return (inputs[0] as Tensor).shape.slice(start, end);
  }
  const parts = followedInputs(tensor).map((part) => memory.get(part));
  if (parts.length === 0 || !parts.every((part) => part) || !isShort(parts as Dim[][])) return undefined;
  const [first, second] = parts as [Dim[], Dim[]];
  const combine = COMBINED[operator];
  if (combine && first.length !== second.length) return undefined;
  const dims = combine ? first.map((dim, i) => combine([dim, second[i] as Dim])) : (parts as Dim[][]).flat();
  const most = LARGEST[tensor.dtype] as number;
  return dims.every((dim) => isWhole(dim, most)) ? dims : undefined;
}

function isShort(parts: readonly (readonly Dim[])[]): boolean {
  const count = parts.reduce((total, part) => total + part.length, 0);
  return count <= MOST_CHARACTERS && parts.flat().join("").length <= MOST_CHARACTERS;
}

/** Whether the numbers in a dimension are integers that wrap around nowhere. */
function isWhole(dim: Dim, most: number): boolean {
  const counts = termsOf(dim).map((term) => symbolsOf(term).factor);
  return counts.every((count) => Number.isInteger(count) && Math.abs(count) <= most);
}

/** The numbers of a constant integer tensor, or undefined where a run decides them. */
export function knownIntegers(tensor: Tensor | undefined): number[] | undefined {
  const dims = knownDims(tensor);
  return dims?.every((dim) => typeof dim === "number") ? (dims as number[]) : undefined;
}
