import { type Arrays, parametersAsInputs } from "../../test/support/runtimes.ts";
import { randomBetween, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { initialize, type Module, type Parameter } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { evaluate } from "../runtime/reference/index.ts";
import type { Dim } from "../tensor/dim.ts";
import { type Outputs, substitute } from "../tensor/graph.ts";
import { array, type DType, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { input, Tensor } from "../tensor/tensor.ts";
import type { ConformanceRow } from "./conformance.fixture.ts";
import type { AttentionModule } from "./contract.ts";

/** Other primes than any dimension of a row, so that swapped axes cannot pass. */
export const BATCH = 2;
export const QUERY_LEN = 5;
export const KEY_LEN = 7;
export const VALUE_DIM = 11;

/** A module as a row's `make` gives it. */
export function ofModule(model: AttentionModule): ReturnType<ConformanceRow["make"]> {
  return { model, forward: (input) => model.forward(input) };
}

export type Sizes = Readonly<Record<"batch" | "queryLen" | "keyLen", Dim>>;
export type Counts = Readonly<Record<keyof Sizes, number>>;
export const SIZES: Counts = { batch: BATCH, queryLen: QUERY_LEN, keyLen: KEY_LEN };
export const SYMBOLS: Sizes = { batch: "batch", queryLen: "queryLen", keyLen: "keyLen" };
/** As long as each other: some mechanisms then take a shorter way. */
export const SELF_SIZES: Counts = { ...SIZES, queryLen: KEY_LEN };
export const SELF_SYMBOLS: Sizes = { batch: "batch", queryLen: "len", keyLen: "len" };

/** The sizes that a row is put through the contract at. */
export function sizesOf(row: ConformanceRow): Counts {
  return row.selfOnly ? SELF_SIZES : SIZES;
}

/** Shape of the weights, and of the output, of a row at given sizes. */
export function shapesOf(
  row: ConformanceRow,
  { batch, queryLen, keyLen }: Counts = sizesOf(row),
): { weights: number[]; output: number[]; heads: number; queryLen: number } {
  const queries = row.ownQueries ?? queryLen;
  const heads = row.weightHeads ?? 1;
  return {
    weights: [batch, ...(row.weightHeads ? [heads] : []), queries, keyLen],
    output: [batch, queries, row.outputDim ?? VALUE_DIM],
    heads,
    queryLen: queries,
  };
}

/** Which pairs of query and key a mask speaks of, from none of them on. */
export type MaskForm = "none" | "keyLen" | "batch 1 keyLen" | "queryLen keyLen" | "batch queryLen keyLen";

export function maskShape<Size extends Dim>(
  form: Exclude<MaskForm, "none">,
  sizes: Readonly<Record<keyof Sizes, Size>>,
): (Size | 1)[] {
  return form.split(" ").map((axis) => (axis === "1" ? 1 : sizes[axis as keyof Sizes]));
}

export interface BuildOptions {
  readonly dropout?: number | undefined;
  readonly training?: boolean;
  /** Default: a mask in full. */
  readonly mask?: MaskForm;
  /** Whether there is a bias; default: none. */
  readonly bias?: boolean | undefined;
  /** Of inputs and parameters; default: float32. */
  readonly dtype?: DType;
}

export interface Built {
  readonly model: Module | undefined;
  /** `output` and `weights` as the mechanism gives them. */
  readonly traced: Outputs;
  /** The same over inputs only: parameters are inputs of their names. */
  readonly outputs: Outputs;
  readonly leaves: ReadonlyMap<string, Tensor>;
  /** Values of the parameters. */
  readonly weights: Arrays;
  /** Uniform inputs that it asks for in training, by name. */
  readonly noise: ReadonlyMap<string, Tensor>;
}

/** Values for all parameters: near their initial ones, but none of them 0, so that none is left out unseen. */
export function randomize(model: Module): void {
  initialize(model, 3);
  for (const [name, parameter] of model.parameters()) {
    const { data, shape } = parameter.value as NdArray;
    const moves = numbers(randomBetween(-0.5, 0.5, shape, name));
    parameter.value = array(
      moves.map((move, i) => Number(data[i]) + move),
      shape,
    );
  }
}

/** Parameters are float32; here one stands for that of a model in another type. */
function declare(parameters: Iterable<Parameter>, dtype: DType): void {
  for (const parameter of parameters) Object.assign(parameter, { dtype });
}

/** A mechanism as a graph over inputs `query`, `key`, `value`, `mask`, `bias`, `noise` and its parameters. */
export function build(row: ConformanceRow, sizes: Sizes = sizesOf(row), options: BuildOptions = {}): Built {
  const { dropout = 0, training = false, mask = "batch queryLen keyLen", bias = false, dtype = "float32" } = options;
  const { batch, keyLen } = sizes;
  const queryLen = row.ownQueries ?? sizes.queryLen;
  const pairs = [batch, queryLen, keyLen];
  const leaves = {
    query: input("query", [batch, sizes.queryLen, row.queryDim], dtype),
    key: input("key", [batch, keyLen, row.keyDim], dtype),
    value: input("value", [batch, keyLen, VALUE_DIM], dtype),
    ...(mask !== "none" && { mask: input("mask", maskShape(mask, { batch, queryLen, keyLen }), "bool") }),
    ...(bias && { bias: input("bias", pairs, dtype) }),
    ...(row.noise && { noise: input("noise", pairs, dtype) }),
  };
  const { model, forward } = row.make({ dropout });
  if (model) randomize(model);
  if (model) declare(model.parameters().values(), dtype);
  const { result, noise } = traceGraph({ training }, () => forward(leaves));
  // A cache is an object of tensors, for the next step.
  const traced = Object.fromEntries(Object.entries(result).filter(([, part]) => part instanceof Tensor));
  const { inputs, feeds } = model ? parametersAsInputs(model) : { inputs: new Map<Tensor, Tensor>(), feeds: {} };
  const parameters = [...inputs.values()].map((leaf) => [leaf.node.attributes.name as string, leaf] as const);
  return {
    model,
    traced,
    outputs: substitute(traced, inputs),
    leaves: new Map([...Object.entries(leaves).filter(([name]) => takes(row, name)), ...parameters]),
    weights: feeds,
    noise,
  };
}

/** Whether a mechanism reads an input: one with learned queries reads no `query`. */
export function takes(row: ConformanceRow, name: string): boolean {
  return !(name === "query" && row.ownQueries !== undefined) && !(name === "key" && row.readsKeys === false);
}

export interface Feeds {
  readonly query: NdArray;
  readonly key: NdArray;
  readonly value: NdArray;
  readonly mask: NdArray;
  readonly bias: NdArray;
  readonly noise: NdArray;
}

/** Inputs of all names, whether a graph has them or not; the mask in full. */
export function feedsOf(row: ConformanceRow, allowed: (i: number) => boolean, sizes: Counts = sizesOf(row)): Feeds {
  const { batch, keyLen } = sizes;
  const pairs = [batch, row.ownQueries ?? sizes.queryLen, keyLen];
  const mask = Array.from({ length: product(pairs) }, (_, i) => Number(allowed(i)));
  return {
    query: randomNumbers([batch, sizes.queryLen, row.queryDim], "query"),
    key: randomNumbers([batch, keyLen, row.keyDim], "key"),
    value: randomNumbers([batch, keyLen, VALUE_DIM], "value"),
    mask: array(mask, pairs, "bool"),
    bias: randomNumbers(pairs, "bias"),
    noise: randomBetween(0.05, 0.95, pairs, "noise"),
  };
}

export function run({ outputs, weights }: Built, feeds: Arrays | Feeds): { output: NdArray; weights: NdArray } {
  return evaluate(outputs, { ...weights, ...feeds }) as { output: NdArray; weights: NdArray };
}

/** Elements of an array in another order of one axis. */
export function permute(value: NdArray, axis: number, order: readonly number[]): NdArray {
  const inner = product(value.shape.slice(axis + 1));
  const length = value.shape[axis] as number;
  const old = numbers(value);
  const data = old.map((_, i) => {
    const place = Math.floor(i / inner) % length;
    return old[i + ((order[place] as number) - place) * inner] as number;
  });
  return array(data, value.shape, value.dtype);
}

/** Some places of one axis, from `start` up to `end`. */
export function cut(value: NdArray, axis: number, start: number, end: number): NdArray {
  const inner = product(value.shape.slice(axis + 1));
  const length = value.shape[axis] as number;
  const place = (i: number) => Math.floor(i / inner) % length;
  const data = numbers(value).filter((_, i) => place(i) >= start && place(i) < end);
  return array(data, value.shape.with(axis, end - start), value.dtype);
}

/** An array with each number made anew from the old one and its place. */
export function mapped(value: NdArray, change: (x: number, i: number) => number): NdArray {
  return array(numbers(value).map(change), value.shape, value.dtype);
}

/** Mask, bias and noise are of pairs: their axes are those of query and key. */
const PAIRS = ["mask", "bias", "noise"] as const;

function changed(feeds: Feeds, names: readonly (keyof Feeds)[], change: (value: NdArray) => NdArray): Partial<Feeds> {
  return Object.fromEntries(names.map((name) => [name, change(feeds[name])]));
}

/** The same problem with its keys and their values in another order. */
export function permuteKeys(feeds: Feeds, order: readonly number[]): Feeds {
  const moved = changed(feeds, ["key", "value"], (value) => permute(value, 1, order));
  return { ...feeds, ...moved, ...changed(feeds, PAIRS, (value) => permute(value, 2, order)) };
}

export function permuteQueries(feeds: Feeds, order: readonly number[]): Feeds {
  return { ...feeds, ...changed(feeds, ["query", ...PAIRS], (value) => permute(value, 1, order)) };
}

export function permuteBatch(feeds: Feeds, order: readonly number[]): Feeds {
  return { ...feeds, ...changed(feeds, ["query", "key", "value", ...PAIRS], (value) => permute(value, 0, order)) };
}

/** The keys from `start` up to `end` alone. */
export function cutKeys(feeds: Feeds, start: number, end: number): Feeds {
  const kept = changed(feeds, ["key", "value"], (value) => cut(value, 1, start, end));
  return { ...feeds, ...kept, ...changed(feeds, PAIRS, (value) => cut(value, 2, start, end)) };
}

/** What a place in the weights of a row belongs to. */
export function placeOf(
  row: ConformanceRow,
  i: number,
  sizes: Counts = sizesOf(row),
): { batch: number; query: number; key: number; pair: number } {
  const { heads, queryLen } = shapesOf(row, sizes);
  const [line, key] = [Math.floor(i / sizes.keyLen), i % sizes.keyLen];
  const [query, batch] = [line % queryLen, Math.floor(line / (heads * queryLen))];
  return { batch, query, key, pair: (batch * queryLen + query) * sizes.keyLen + key };
}

/** Whether a query may read a key: the mask, given by pairs, allows it, and the mechanism sees it. */
export function reads(row: ConformanceRow, allowed: (pair: number) => boolean): (i: number) => boolean {
  const { keyLen } = sizesOf(row);
  const lengths = { keyLen, queryLen: shapesOf(row).queryLen };
  return (i) => {
    const { query, key, pair } = placeOf(row, i);
    return allowed(pair) && (row.sees?.(query, key, lengths) ?? true);
  };
}

/** Rows of weights, `[... queryLen keyLen]`. */
export function rowsOf(weights: NdArray): number[][] {
  const [all, length] = [numbers(weights), weights.shape.at(-1) as number];
  return Array.from({ length: all.length / length }, (_, i) => all.slice(i * length, (i + 1) * length));
}
