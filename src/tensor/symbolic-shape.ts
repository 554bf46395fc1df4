import { addDims, type Dim, multiplyDims, type Shape, symbolsOf, termsOf } from "./dim.ts";
import { array, type NdArray, numbers } from "./nd-array.ts";
import { FLOATS } from "./operators/operator.ts";
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

/** Operators that compute dimensions from others. */
const COMBINED: Readonly<Record<string, (dims: Shape) => Dim>> = { Mul: multiplyDims, Add: addDims };
/** Operators through which dimensions are followed. */
const FOLLOWED: ReadonlySet<string> = new Set(["Concat", "Mul", "Add", "Cast", "Squeeze", "Unsqueeze"]);
/** Squaring doubles the text of a dimension: one longer than this is left to the run. */
const MOST_CHARACTERS = 1000;
const memory = new WeakMap<Tensor, Dim[] | null>();

/** What is known of an integer vector when the graph is built: its dimensions, or undefined. */
export function knownDims(tensor: Tensor | undefined): Dim[] | undefined {
  if (!tensor) return undefined;
  let known = memory.get(tensor);
  if (known === undefined) {
    known = followDims(tensor) ?? null;
    memory.set(tensor, known);
  }
  return known ?? undefined;
}

function followDims({ node, dtype }: Tensor): Dim[] | undefined {
  const { operator, inputs, attributes } = node;
  if (operator === "Constant") return numbers(attributes.value as NdArray);
  if (operator === "Dim") return [attributes.symbol as string];
  if (operator === "Shape") {
    const { start, end } = attributes as { start?: number; end?: number };
    return (inputs[0] as Tensor).shape.slice(start, end);
  }
  if (!FOLLOWED.has(operator) || FLOATS.has(dtype)) return undefined;
  const parts = inputs.map(knownDims);
  if (parts.some((part) => part === undefined)) return undefined;
  const [first, second] = parts as Dim[][];
  if (operator === "Concat") return (parts as Dim[][]).flat();
  const combine = COMBINED[operator];
  if (!combine) return first?.every((dim) => typeof dim === "string" || Number.isInteger(dim)) ? first : undefined;
  if (first?.length !== second?.length) return undefined;
  const combined = first?.map((dim, i) => combine([dim, second?.[i] as Dim]));
  return combined?.some((dim) => String(dim).length > MOST_CHARACTERS) ? undefined : combined;
}

/** The numbers of a constant integer tensor, or undefined where a run decides them. */
export function knownIntegers(tensor: Tensor | undefined): number[] | undefined {
  const dims = knownDims(tensor);
  return dims?.every((dim) => typeof dim === "number") ? (dims as number[]) : undefined;
}
