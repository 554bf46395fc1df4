/** What a reader gives a graph: sizes of its open axes, values of its inputs, a seed for the rest. */
import type { GraphFacts, GraphInputs } from "../../worker/api.ts";
import type { LookState } from "./look-state.ts";

const USUAL_LENGTH = 8;

/** The size of an open axis: the reader's, or a small one. */
export function sizeOf(axis: string, sizes: LookState["sizes"]): number {
  const own = Object.hasOwn(sizes, axis) ? sizes[axis] : undefined;
  return own ?? (/batch/i.test(axis) ? 1 : USUAL_LENGTH);
}

/**
 * Values of inputs, written as JSON: `{ "x": [[1, 2], [3, 4]] }`, nested or flat.
 *
 * @throws SyntaxError for what is no such record, or names an input that is not there
 */
export function readValues(text: string, { inputs }: GraphFacts): Readonly<Record<string, readonly number[]>> {
  if (text.trim() === "") return {};
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
  const entries = Object.entries(value).map(([name, given]): [string, readonly number[]] => {
    if (!names.includes(name)) {
      throw new SyntaxError(`inputs: expected names of inputs (${names.join(", ")}) but found ${name}`);
    }
    const flat = [given].flat(Number.POSITIVE_INFINITY).map((one) => (typeof one === "boolean" ? Number(one) : one));
    const strange = flat.find((one) => typeof one !== "number");
    if (strange !== undefined) {
      throw new SyntaxError(`inputs: expected numbers for ${name} but found ${JSON.stringify(strange)}`);
    }
    return [name, flat as number[]];
  });
  return Object.fromEntries(entries);
}

/** All that a run needs. @throws SyntaxError as {@link readValues} */
export function graphInputs(graph: GraphFacts, { sizes, inputs, seed }: LookState): GraphInputs {
  return {
    sizes: Object.fromEntries(graph.open.map((axis) => [axis, sizeOf(axis, sizes)])),
    values: readValues(inputs, graph),
    seed: seed ?? 1,
  };
}
