import { type Arrays, parametersAsInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { initialize, type Module } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { evaluate } from "../runtime/reference/index.ts";
import type { Dim } from "../tensor/dim.ts";
import { type Outputs, substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
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

/** Shape of the weights, and of the output, of a row at given sizes. */
export function shapesOf(
  row: ConformanceRow,
  { batch, queryLen, keyLen }: Readonly<Record<keyof Sizes, number>> = SIZES,
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

export type Sizes = Readonly<Record<"batch" | "queryLen" | "keyLen", Dim>>;
export const SIZES: Readonly<Record<keyof Sizes, number>> = { batch: BATCH, queryLen: QUERY_LEN, keyLen: KEY_LEN };
export const SYMBOLS: Sizes = { batch: "batch", queryLen: "queryLen", keyLen: "keyLen" };

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

/** A mechanism as a graph over inputs `query`, `key`, `value`, `mask` and its parameters. */
export function build(
  row: ConformanceRow,
  { batch, queryLen, keyLen }: Sizes = SIZES,
  { dropout = 0, training = false }: { dropout?: number; training?: boolean } = {},
): Built {
  const leaves = {
    query: input("query", [batch, queryLen, row.queryDim]),
    key: input("key", [batch, keyLen, row.keyDim]),
    value: input("value", [batch, keyLen, VALUE_DIM]),
    mask: input("mask", [batch, row.ownQueries ?? queryLen, keyLen], "bool"),
  };
  const { model, forward } = row.make({ dropout });
  if (model) initialize(model, 3);
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
}

export function feedsOf(
  row: ConformanceRow,
  allowed: (i: number) => boolean,
  sizes: Readonly<Record<keyof Sizes, number>> = SIZES,
): Feeds {
  const { batch, keyLen } = sizes;
  const { queryLen } = shapesOf(row, sizes);
  const mask = Array.from({ length: batch * queryLen * keyLen }, (_, i) => Number(allowed(i)));
  return {
    query: randomNumbers([batch, queryLen, row.queryDim], "query"),
    key: randomNumbers([batch, keyLen, row.keyDim], "key"),
    value: randomNumbers([batch, keyLen, VALUE_DIM], "value"),
    mask: array(mask, [batch, queryLen, keyLen], "bool"),
  };
}

export function run({ outputs, weights }: Built, feeds: Feeds): { output: NdArray; weights: NdArray } {
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
