import { Rng } from "../../tensor/random.ts";
import { SPLITS, type Split } from "../dates/splits.ts";
import { splitOf } from "./split.ts";

/** A text and what is to be made of it. */
export interface Generated {
  readonly source: string;
  readonly target: string;
  /** What it belongs to, such as a dialogue, where examples come in groups. */
  readonly group?: string;
}

/** One way in which examples are written. */
export interface Form {
  readonly name: string;
  /** How often it is drawn, beside the other forms of its generator. */
  readonly share: number;
  readonly example: Generated;
  readonly draw: (rng: Rng) => Generated;
}

export interface ExampleOptions {
  /** An integer from 0 to 2^32 − 1. */
  readonly seed: number;
  /** An integer from 0 to 2^32 − 1. */
  readonly index: number;
  /** From which part; default: from any. */
  readonly split?: Split;
}

/** A source of example data. */
export interface Generator {
  readonly name: string;
  /** What it writes, in a line. */
  readonly summary: string;
  /** How a file calls source and target. */
  readonly columns: readonly [source: string, target: string];
  /** Every character that occurs, in the order of code points. */
  readonly alphabet: { readonly source: string; readonly target: string };
  readonly forms: readonly Form[];
  /**
   * Example `index` of a seed: a pure function of seed, index and split. Where a split is asked for, it is the first of the
   * draws of (seed, index) that belongs to it.
   *
   * @throws RangeError for a seed or an index outside 0 … 2^32 − 1, and for an unknown split
   */
  example(options: ExampleOptions): Generated;
}

/** The generator of some forms, each drawn as often as its share says. */
export function generatorOf(facts: Omit<Generator, "columns" | "example">): Generator {
  const { name, forms } = facts;
  const total = forms.reduce((sum, { share }) => sum + share, 0);
  const drawForm = (rng: Rng): Form => {
    let left = rng.uniform() * total;
    const drawn = forms.find(({ share }) => {
      left -= share;
      return left < 0;
    });
    return drawn ?? (forms.at(-1) as Form);
  };
  return {
    ...facts,
    columns: ["source", "target"],
    example({ seed, index, split }) {
      if (index >>> 0 !== index) {
        throw new RangeError(`${name}: expected an index from 0 to 4294967295 but found ${index}`);
      }
      if (split !== undefined && !SPLITS.includes(split)) {
        throw new RangeError(`${name}: expected split train, validation or test but found ${split}`);
      }
      const rng = new Rng(seed, `generators/${name}`);
      for (let attempt = 0; ; attempt++) {
        rng.at(index, attempt);
        const drawn = drawForm(rng).draw(rng);
        if (split === undefined || splitOf(drawn.source) === split) return drawn;
      }
    },
  };
}

/** After so many draws in a row that had all been there, what is left is too rare to be looked for. */
const MOST_REPEATS = 1000;

export interface DistinctOptions {
  readonly seed: number;
  readonly count: number;
  readonly split?: Split;
}

/**
 * The first `count` examples of a seed whose texts differ, in the order of their index; fewer where a generator has hardly
 * any more. The texts are kept in memory meanwhile.
 */
export function* distinctExamples(generator: Generator, options: DistinctOptions): IterableIterator<Generated> {
  const { count, ...rest } = options;
  const seen = new Set<string>();
  for (let index = 0, repeats = 0; seen.size < count && repeats < MOST_REPEATS; index++) {
    const example = generator.example({ ...rest, index });
    const text = `${example.group ?? ""}\n${example.source}`;
    repeats = seen.has(text) ? repeats + 1 : 0;
    if (repeats > 0) continue;
    seen.add(text);
    yield example;
  }
}
