import { formatShape, type Shape, symbolsOf, termsOf } from "../tensor/dim.ts";
import type { Outputs } from "../tensor/graph.ts";
import { sortNodes } from "../tensor/graph.ts";
import { allocate, array, type DType, type NdArray, product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { knownIntegers } from "../tensor/symbolic-shape.ts";
import type { Node, Tensor } from "../tensor/tensor.ts";

/** The size of an axis that is open, unless another is asked for; and the largest. */
export const DEFAULT_SIZE = 8;
export const LARGEST_SIZE = 1024;
/** Numbers in all inputs together. */
const MOST_NUMBERS = 2 ** 24;
/** Whole numbers whose use does not tell how large they may be are drawn below this. */
const DEFAULT_RANGE = 8;

/** Names of the open dimensions of some shapes: of `"2*batch"`, `batch`. */
export function openDims(shapes: readonly Shape[]): string[] {
  const names = (dim: number | string): string[] => {
    if (typeof dim === "number") return [];
    return symbolsOf(dim).symbols.flatMap((symbol) => {
      const terms = termsOf(symbol);
      return terms.length > 1 ? terms.flatMap(names) : [symbol];
    });
  };
  return [...new Set(shapes.flat().flatMap(names))];
}

/**
 * A shape in numbers.
 *
 * @param sizes of open dimensions by name; default: 8
 */
export function concreteShape(shape: Shape, sizes: Readonly<Record<string, number>>): number[] {
  const sizeOf = (dim: number | string): number => {
    if (typeof dim === "number") return dim;
    const { factor, symbols } = symbolsOf(dim);
    return symbols.reduce((total, symbol) => {
      const terms = termsOf(symbol);
      const own = Object.hasOwn(sizes, symbol) ? sizes[symbol] : undefined;
      return total * (terms.length > 1 ? terms.map(sizeOf).reduce((a, b) => a + b) : (own ?? DEFAULT_SIZE));
    }, factor);
  };
  return shape.map(sizeOf);
}

/** @throws RangeError for a size that is none, and for a name that no input has */
export function checkSizes(sizes: Readonly<Record<string, number>>, names: readonly string[]): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (!names.includes(name)) {
      throw new RangeError(`graph: expected sizes of ${names.join(", ") || "nothing"} but found ${name}`);
    }
    if (Number.isInteger(size) && size >= 1 && size <= LARGEST_SIZE) continue;
    throw new RangeError(`graph: expected ${name} to be from 1 to ${LARGEST_SIZE} but found ${size}`);
  }
}

/** @throws RangeError where the inputs together hold too many numbers */
export function checkCount(shapes: ReadonlyMap<string, readonly number[]>): void {
  const total = [...shapes.values()].reduce((sum, shape) => sum + product(shape), 0);
  if (total <= MOST_NUMBERS) return;
  const all = [...shapes].map(([name, shape]) => `${name} ${formatShape(shape)}`).join(", ");
  throw new RangeError(`graph: expected at most ${MOST_NUMBERS} numbers in all inputs but found ${all.slice(0, 200)}`);
}

/** Operators that hand on the numbers of their first input. */
const HANDS_ON = new Set(["Cast", "Identity", "Reshape", "Unsqueeze", "Squeeze", "Transpose", "Expand", "Flatten"]);

/** For operators that take whole numbers up to a limit: which input, and the limit. */
const LIMITS: Readonly<Record<string, readonly [input: number, limit: (node: Node) => unknown]>> = {
  Gather: [1, ({ inputs: [data], attributes }) => data?.shape.at(attributes.axis as number)],
  GatherElements: [1, ({ inputs: [data], attributes }) => data?.shape.at(attributes.axis as number)],
  OneHot: [0, ({ inputs: [, depth] }) => knownIntegers(depth)?.[0]],
  LSTM: [4, afterTime],
  GRU: [4, afterTime],
  RNN: [4, afterTime],
};

/** Lengths may be as long as the input is. */
function afterTime({ inputs: [x] }: Node): unknown {
  const time = x?.shape[0];
  return typeof time === "number" ? time + 1 : undefined;
}

/** For each input of whole numbers, how many there may be from 0 on, as far as its use tells. */
export function rangesOf(outputs: Outputs): Map<string, number> {
  const from = new Map<Tensor, string>();
  const ranges = new Map<string, number>();
  for (const node of sortNodes(Object.values(outputs))) {
    const [first] = node.outputs as readonly [Tensor];
    if (node.operator === "Input") from.set(first, node.attributes.name as string);
    const handed = HANDS_ON.has(node.operator) ? from.get(node.inputs[0] as Tensor) : undefined;
    if (handed !== undefined) from.set(first, handed);
    if (!Object.hasOwn(LIMITS, node.operator)) continue;
    const [place, limitOf] = LIMITS[node.operator] as (typeof LIMITS)[string];
    const name = node.inputs[place] && from.get(node.inputs[place]);
    const limit = limitOf(node);
    if (name === undefined || typeof limit !== "number" || limit < 1) continue;
    ranges.set(name, Math.min(limit, ranges.get(name) ?? limit));
  }
  return ranges;
}

/** What an input is fed. */
export interface Drawn {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * Numbers from a seed: floats from the normal distribution, whole numbers from 0 to `range` − 1, `true`. A half-precision input is
 * drawn in float32, for the graph to cast.
 */
export function drawInput({ name, dtype, shape }: Drawn, { seed, range = DEFAULT_RANGE }: DrawOptions): NdArray {
  const rng = new Rng(seed, `graph.${name}`);
  const data = allocate(dtype, product(shape));
  if (dtype === "bool") return { data: data.fill(1 as never), shape, dtype };
  const isFloat = dtype === "float32" || dtype === "float64";
  const next = isFloat ? () => rng.normal() : () => rng.integer(range);
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (let i = 0; i < data.length; i++) data[i] = isWide ? BigInt(next()) : next();
  return { data, shape, dtype };
}

export interface DrawOptions {
  readonly seed: number;
  readonly range?: number | undefined;
}

/** @throws RangeError for numbers that are not as many as the shape holds, or not of the type */
export function givenInput({ name, dtype, shape }: Drawn, values: readonly number[]): NdArray {
  if (values.length !== product(shape)) {
    throw new RangeError(
      `graph: expected ${product(shape)} numbers for ${name} ${formatShape(shape)} but found ${values.length}; give as many, or other sizes`,
    );
  }
  try {
    return array(values, shape, dtype);
  } catch (error) {
    throw new RangeError(`graph: expected numbers for ${name} but found: ${(error as Error).message}`);
  }
}
