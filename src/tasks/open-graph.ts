import type { ModelMessage } from "../onnx/messages.ts";
import { type ReadModel, readModel } from "../onnx/read.ts";
import { simplify } from "../onnx/simplify.ts";
import type { Backend, GraphToRun, Session } from "../runtime/backend.ts";
import { formatShape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { substitute } from "../tensor/graph.ts";
import type { DType, NdArray } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { FLOATS, type GraphFacts, readFacts, shapesOf, withShapes } from "./graph-facts.ts";
import { checkCount, checkSizes, type Drawn, drawInput, givenInput, rangesOf } from "./graph-inputs.ts";
import { boundedEvaluate, checkWork, MOST_NODES, MOST_RUNS, withKnownShapes } from "./graph-work.ts";

export type { GraphFacts };

export interface GraphInputs {
  /** Of open axes by name, 1 … 1024; default: 8. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Of inputs by name, row-major; those of the others are drawn. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
  /** Decides what is drawn: floats from the normal distribution, whole numbers from 0 on, `true`. Default: 0. */
  readonly seed?: number;
  /** How many whole numbers may be drawn for an input; default: as many as its use in the graph allows, else 8. */
  readonly ranges?: Readonly<Record<string, number>>;
}

/** A graph's weights for one run. */
export interface GraphRun {
  readonly maps: readonly {
    readonly name: string;
    readonly axes: readonly string[];
    readonly shape: readonly number[];
    readonly weights: Float32Array;
  }[];
  /** What was fed. */
  readonly inputs: Readonly<Record<string, NdArray>>;
  readonly seconds: number;
}

/** A graph whose attention can be looked at, whatever it is for. */
export interface OpenGraph {
  readonly facts: GraphFacts;
  /**
   * Runs it once. Its maps are the outputs that its metadata says to be attention weights; without metadata those of rank 2 or
   * more whose rows along the last axis are shares of one (rows of nothing but 0 apart).
   *
   * @throws RangeError for sizes, values and ranges that are none of the graph's; ModelError for sizes that do not fit it or take
   *   too much memory or time, and for weights that are no numbers
   */
  run(given?: GraphInputs): Promise<GraphRun>;
  close(): Promise<void>;
}

const HALVES: readonly DType[] = ["float16", "bfloat16"];

/**
 * Opens an ONNX model of whatever origin, to look at the attention weights that it gives. `readModel` knows its operators, or refuses it.
 *
 * It may come from a stranger. What runs is the graph as `readModel` has read it, with the sizes of its inputs as numbers, written
 * anew, never the bytes themselves: they could name files to read and operators of other libraries. Reading takes time in
 * proportion to the bytes. What would take too much memory or time to prepare or to run (more than 20,000 nodes; more than some
 * seconds in a page, by times of each operator that were measured) is refused before.
 *
 * @throws ModelError for bytes that `readModel` refuses, and for more than 20,000 nodes
 */
export async function openGraph(bytes: Uint8Array, backend: Backend): Promise<OpenGraph> {
  return new GraphOfAnyone(bytes, backend);
}

interface Prepared {
  readonly key: string;
  readonly session: Session;
  readonly inputs: readonly Drawn[];
  /** Which output of the session is which of the graph's: `__proto__` would be none in an object of results. */
  readonly names: ReadonlyMap<string, string>;
  readonly ranges: ReadonlyMap<string, number>;
}

class GraphOfAnyone implements OpenGraph {
  readonly facts: GraphFacts;
  readonly #message: ModelMessage;
  readonly #backend: Backend;
  #prepared: Prepared | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(bytes: Uint8Array, backend: Backend) {
    const { message, facts } = readFacts(bytes);
    this.#message = message;
    this.facts = facts;
    this.#backend = backend;
  }

  run(given: GraphInputs = {}): Promise<GraphRun> {
    const run = this.#last.then(() => this.#run(given));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#prepared?.session.release();
    this.#prepared = undefined;
  }

  async #run({ sizes = {}, values = {}, seed = 0, ranges = {} }: GraphInputs): Promise<GraphRun> {
    const { inputs, open } = this.facts;
    checkSizes(sizes, open);
    const names = inputs.map(({ name }) => name);
    for (const name of [...Object.keys(values), ...Object.keys(ranges)]) {
      if (!names.includes(name)) {
        throw new RangeError(`graph: expected inputs named ${names.join(", ") || "nothing"} but found ${name}`);
      }
    }
    for (const [name, range] of Object.entries(ranges)) {
      if (Number.isInteger(range) && range >= 1 && range <= 2 ** 31) continue;
      throw new RangeError(`graph: expected a range of ${name} from 1 to 2147483648 but found ${range}`);
    }
    const prepared = await this.#prepare(sizes);
    const feeds = Object.fromEntries(
      prepared.inputs.map((one) => {
        const own = Object.hasOwn(values, one.name) ? values[one.name] : undefined;
        const range = (Object.hasOwn(ranges, one.name) ? ranges[one.name] : undefined) ?? rangeIn(prepared, one);
        return [one.name, own ? givenInput(one, own) : drawInput(one, { seed, range })];
      }),
    );
    const start = performance.now();
    const results = await prepared.session.run(feeds);
    const seconds = (performance.now() - start) / 1000;
    const named = Array.from(prepared.names, ([plain, own]) => [own, results[plain] as NdArray] as const);
    return { maps: this.#mapsOf(named), inputs: feeds, seconds };
  }

  /** The graph for inputs of these sizes; the last one is kept. */
  async #prepare(sizes: Readonly<Record<string, number>>): Promise<Prepared> {
    const shapes = shapesOf(this.facts.inputs, sizes);
    const key = JSON.stringify([...shapes]);
    if (this.#prepared?.key === key) return this.#prepared;
    checkCount(shapes);
    const graph = this.#graphFor(shapes);
    const names = plainNames(graph);
    const outputs = Object.fromEntries(Array.from(names, ([plain, own]) => [plain, graph.outputs[own] as Tensor]));
    const session = await this.#backend.prepare({ ...graph, outputs });
    await this.#prepared?.session.release();
    const inputs = graph.inputs.map(({ node, dtype, shape }) => {
      return { name: node.attributes.name as string, dtype, shape: shape as readonly number[] };
    });
    this.#prepared = { key, session, inputs, names, ranges: rangesOf(graph.outputs) };
    return this.#prepared;
  }

  #graphFor(shapes: ReadonlyMap<string, readonly number[]>): GraphToRun {
    try {
      const known = readModel(withShapes(this.#message, shapes), { limits: { nodes: MOST_NODES, runs: MOST_RUNS } });
      const graph = shownGraph(known, this.facts);
      checkWork(graph.outputs);
      return graph;
    } catch (error) {
      if (error instanceof ModelError) throw error;
      throw new ModelError(`graph: expected sizes that fit the graph but found: ${(error as Error).message}`);
    }
  }

  #axesOf(name: string): readonly string[] | undefined {
    return Object.hasOwn(this.facts.attention, name) ? this.facts.attention[name] : undefined;
  }

  #mapsOf(results: readonly (readonly [name: string, result: NdArray])[]): GraphRun["maps"] {
    const isSaid = Object.keys(this.facts.attention).length > 0;
    return results.flatMap(([name, { data, shape }]) => {
      const weights = Float32Array.from(data as Float32Array);
      if (!isSaid && !areShares(weights, shape.at(-1) as number)) return [];
      const bad = weights.find((weight) => !Number.isFinite(weight));
      if (bad !== undefined) throw new ModelError(`graph: expected finite weights in ${name} but found ${bad}`);
      return [{ name, axes: this.#axesOf(name) ?? axesOfRank(shape.length), shape, weights }];
    });
  }
}

/** Names for a graph's outputs that no input has. */
function plainNames({ inputs, outputs }: GraphToRun): Map<string, string> {
  let start = "output";
  while (inputs.some(({ node }) => (node.attributes.name as string).startsWith(start))) start += "_";
  return new Map(Object.keys(outputs).map((name, i) => [start + i, name]));
}

function rangeIn({ ranges }: Prepared, { name, dtype }: Drawn): number | undefined {
  const most = dtype === "int8" ? 128 : dtype === "uint8" ? 256 : undefined;
  const range = ranges.get(name);
  return range !== undefined && most !== undefined ? Math.min(range, most) : range;
}

/** Only what is shown, in float32; half-precision inputs are fed in float32, too. */
function shownGraph({ inputs, outputs }: ReadModel, { attention }: GraphFacts): GraphToRun {
  const isSaid = Object.keys(attention).length > 0;
  const shown = Object.entries(outputs).filter(([name, { rank, dtype }]) => {
    return isSaid ? Object.hasOwn(attention, name) : rank >= 2 && FLOATS.includes(dtype);
  });
  if (shown.length === 0) {
    const found = Object.entries(outputs).map(([name, { dtype, shape }]) => `${name} ${dtype} ${formatShape(shape)}`);
    throw new ModelError(
      `graph: expected an output that can be attention weights but found ${found.join(", ").slice(0, 200)}`,
    );
  }
  const fed = new Map<Tensor, Tensor>();
  for (const tensor of inputs) {
    const { node, shape, dtype } = tensor;
    if (HALVES.includes(dtype)) fed.set(tensor, input(node.attributes.name as string, shape).cast(dtype));
  }
  const cast = Object.fromEntries(shown.map(([name, tensor]) => [name, tensor.cast("float32")]));
  const evaluate = boundedEvaluate();
  const known = withKnownShapes(substitute(cast, fed), (some) => simplify(some, evaluate));
  const leaves = inputs.map((tensor) => (fed.get(tensor)?.node.inputs[0] as Tensor | undefined) ?? tensor);
  return { inputs: leaves, outputs: known };
}

/** Rounding of half precision may carry a sum this far from one. */
const ROUNDING = 2e-3;

/** Whether every row is shares of one, but for rows of 0. */
function areShares(values: Float32Array, width: number): boolean {
  let shares = 0;
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    let sum = 0;
    for (const value of row) {
      if (!(value >= -ROUNDING && value <= 1 + ROUNDING)) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) < ROUNDING) shares++;
    else if (sum !== 0) return false;
  }
  return shares > 0;
}

/** Names for the axes of weights that nothing names. */
function axesOfRank(rank: number): string[] {
  const usual = ["batch", "heads", "queryLen", "keyLen"];
  if (rank === 3) return ["batch", "queryLen", "keyLen"];
  const more = Array.from({ length: Math.max(0, rank - 4) }, (_, i) => `axis${i}`);
  return [...more, ...usual.slice(-Math.min(rank, 4))];
}
