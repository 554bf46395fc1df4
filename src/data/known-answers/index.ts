/**
 * Problems whose answers are known, and with them the keys that attention must read: what mechanisms are shown on. Drawn from a
 * seed, so that training and test never share one. May import `tensor/` and `attention/`.
 */
import type { KnownAnswer } from "../../attention/contract.ts";
import { array, type NdArray } from "../../tensor/nd-array.ts";
import { Rng } from "../../tensor/random.ts";
import { BY_STRENGTH, CONTENT, MARK, MARKS, NEAREST, RECALL, SMALLEST } from "./by-content.ts";
import { IN_ORDER, LATEST_MARK, NEARBY, OWN_PLACE, PLACE, PREVIOUS } from "./by-place.ts";
import { CLASSES, oneHot, type Problem, type ProblemSource } from "./problem.ts";

export { CLASSES, letter, type Problem, type ProblemSource } from "./problem.ts";

export const KNOWN_ANSWERS: Readonly<Record<KnownAnswer, ProblemSource>> = {
  content: CONTENT,
  recall: RECALL,
  nearest: NEAREST,
  place: PLACE,
  "own-place": OWN_PLACE,
  previous: PREVIOUS,
  "latest-mark": LATEST_MARK,
  nearby: NEARBY,
  "in-order": IN_ORDER,
  "by-strength": BY_STRENGTH,
  smallest: SMALLEST,
  mark: MARK,
  marks: MARKS,
};

/**
 * Problems as arrays: `query` `[batch queryLen queryDim]`, `key` `[batch keyLen keyDim]`, `value` `[batch keyLen classes]` one-hot,
 * `label` `[batch queryLen]`; and where not every key may be read, `mask`: `[batch 1 keyLen]` where the others are padding, and
 * `[batch queryLen keyLen]` where it depends on the query.
 */
export type KnownAnswerBatch = Readonly<Record<"query" | "key" | "value" | "label", NdArray>> & {
  readonly mask?: NdArray;
};

/** `count` problems of a task, from problem `first` of the stream on. */
export function drawProblems(task: KnownAnswer, options: { seed: number; first?: number; count: number }): Problem[] {
  const { seed, first = 0, count } = options;
  const rng = new Rng(seed, `known-answers ${task}`);
  return Array.from({ length: count }, (_, i) => {
    rng.at(first + i, 0);
    return KNOWN_ANSWERS[task].draw(rng);
  });
}

export function problemBatch(problems: readonly Problem[]): KnownAnswerBatch {
  const { query, key } = problems[0] as Problem;
  const [batch, queryLen, keyLen] = [problems.length, query.length, key.length];
  const vectors = (rows: readonly (readonly number[])[], length: number) => {
    return array(rows.flat(), [batch, length, (rows[0] as readonly number[]).length]);
  };
  const hots = problems.flatMap(({ symbols }) => symbols.map((symbol) => oneHot(symbol, CLASSES)));
  const labels = problems.flatMap(({ where, symbols }) => where.map((at) => symbols[at] as number));
  return {
    query: vectors(
      problems.flatMap((problem) => problem.query),
      queryLen,
    ),
    key: vectors(
      problems.flatMap((problem) => problem.key),
      keyLen,
    ),
    value: vectors(hots, keyLen),
    ...maskOf(problems),
    label: array(labels, [batch, queryLen], "int32"),
  };
}

function maskOf(problems: readonly Problem[]): { mask?: NdArray } {
  const [{ query, key, length, forbidden }] = problems as [Problem];
  if (forbidden) {
    const allowed = (problem: Problem) =>
      query.flatMap((_, i) => key.map((_, j) => Number(!problem.forbidden?.(i, j))));
    return { mask: array(problems.flatMap(allowed), [problems.length, query.length, key.length], "bool") };
  }
  if (length === undefined) return {};
  const allowed = (problem: Problem) => key.map((_, j) => Number(j < (problem.length as number)));
  return { mask: array(problems.flatMap(allowed), [problems.length, 1, key.length], "bool") };
}
