/** What a reader gives a graph: sizes of its open axes, values of its inputs, a seed for the rest. */
import type { GraphFacts, GraphInputs } from "../../worker/api.ts";
import type { LookState } from "./look-state.ts";

const USUAL_LENGTH = 8;

type Sizes = LookState["sizes"];

/** The size of an open axis: the reader's, or a small one; of the axis of examples, one. */
export function sizeOf(axis: string, sizes: Sizes, graph: GraphFacts): number {
  const own = Object.hasOwn(sizes, axis) ? sizes[axis] : undefined;
  return own ?? (axis === batchAxis(graph) ? 1 : USUAL_LENGTH);
}

/** The axis of examples: one that says so; else the first of every input, where there is another beside it. */
function batchAxis({ inputs, open }: GraphFacts): string | undefined {
  const named = open.find((axis) => /batch/i.test(axis));
  if (named !== undefined || open.length < 2) return named;
  const firsts = new Set(inputs.map(({ shape }) => shape[0]));
  const [first] = firsts;
  return firsts.size === 1 && open.includes(String(first)) ? String(first) : undefined;
}

/** Values of inputs, and the sizes of open axes that their nesting tells. */
export interface GivenValues {
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly sizes: Sizes;
}

/**
 * Values of inputs, written as JSON: `{ "x": [[1, 2], [3, 4]] }`, nested or flat.
 *
 * @throws SyntaxError for what is no such record, names an input that is not there, or is nested unevenly
 */
export function readValues(text: string, { inputs, open }: GraphFacts): GivenValues {
  if (text.trim() === "") return { values: {}, sizes: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`inputs: expected JSON such as {"x": [1, 2]} but found ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`inputs: expected an object such as {"x": [1, 2]} but found ${text.slice(0, 40)}`);
  }
  const names = inputs.map(({ name }) => name);
  const told = new Told();
  const entries = Object.entries(value).map(([name, given]): [string, readonly number[]] => {
    if (!names.includes(name)) {
      throw new SyntaxError(`inputs: expected names of inputs (${names.join(", ")}) but found ${name}`);
    }
    const flat = [given].flat(Number.POSITIVE_INFINITY).map((one) => (typeof one === "boolean" ? Number(one) : one));
    const strange = flat.find((one) => typeof one !== "number");
    if (strange !== undefined) {
      throw new SyntaxError(`inputs: expected numbers for ${name} but found ${JSON.stringify(strange)}`);
    }
    const nested = nestingOf(given, name);
    const { shape = [] } = inputs.find((one) => one.name === name) ?? {};
    for (const [i, dim] of (nested.length === shape.length ? shape : []).entries()) {
      // Of `2*time` nothing is told: the count will show whether it fits.
      if (open.includes(String(dim))) told.add(String(dim), nested[i] as number, name);
    }
    return [name, flat as number[]];
  });
  return { values: Object.fromEntries(entries), sizes: told.sizes };
}

/** The shape of nested lists. @throws SyntaxError where lists side by side are not alike */
function nestingOf(value: unknown, name: string): number[] {
  if (!Array.isArray(value)) return [];
  const [first, ...others] = value.map((part) => nestingOf(part, name));
  const unlike = others.find((one) => one.join() !== first?.join());
  if (first && unlike) {
    const say = (shape: readonly number[]) => (shape.length > 0 ? `[${shape.join(",")}]` : "a number");
    throw new SyntaxError(
      `inputs: expected lists of one shape in ${name} but found ${say(first)} beside ${say(unlike)}`,
    );
  }
  return [value.length, ...(first ?? [])];
}

/** Sizes of open axes as values tell them, and which input did. */
class Told {
  readonly #known = new Map<string, { readonly size: number; readonly name: string }>();

  /** @throws SyntaxError where two inputs tell different sizes of an axis */
  add(axis: string, size: number, name: string): void {
    const before = this.#known.get(axis);
    if (before && before.size !== size) {
      throw new SyntaxError(
        `inputs: expected ${axis} to be ${before.size} in ${name}, as in ${before.name}, but found ${size}`,
      );
    }
    this.#known.set(axis, { size, name });
  }

  get sizes(): Sizes {
    return Object.fromEntries(Array.from(this.#known, ([axis, { size }]) => [axis, size]));
  }
}

/** The sizes that values tell; none of values that cannot be read. */
export function toldSizes(text: string, graph: GraphFacts): Sizes {
  try {
    return readValues(text, graph).sizes;
  } catch {
    return {};
  }
}

/** All that a run needs. @throws SyntaxError as {@link readValues} */
export function graphInputs(graph: GraphFacts, { sizes, inputs, seed }: LookState): GraphInputs {
  const given = readValues(inputs, graph);
  const all = { ...sizes, ...given.sizes };
  return {
    sizes: Object.fromEntries(graph.open.map((axis) => [axis, sizeOf(axis, all, graph)])),
    values: given.values,
    seed: seed ?? 1,
  };
}
