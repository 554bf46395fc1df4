import { describe, expect, test } from "vitest";
import type { KnownAnswer } from "../../attention/contract.ts";
import { numbers } from "../../tensor/nd-array.ts";
import { CLASSES, drawProblems, KNOWN_ANSWERS, problemBatch } from "./index.ts";

const TASKS = Object.keys(KNOWN_ANSWERS) as KnownAnswer[];

describe.each(TASKS)("%s", (task) => {
  const problems = drawProblems(task, { seed: 3, count: 20 });
  const { queryLen, keyLen, queryDim, keyDim } = KNOWN_ANSWERS[task];

  test("arrays have the sizes that the task names, and labels are what the right keys carry", () => {
    const { query, key, value, label } = problemBatch(problems);
    expect(query.shape).toEqual([20, queryLen, queryDim]);
    expect(key.shape).toEqual([20, keyLen, keyDim]);
    expect(value.shape).toEqual([20, keyLen, CLASSES]);
    expect(numbers(label)).toEqual(problems.flatMap(({ where, symbols }) => where.map((at) => symbols[at])));
  });

  test("no key that must be read is forbidden, and there is a mask only where some are", () => {
    const { mask } = problemBatch(problems);
    const rows = mask?.shape[1] ?? 0;
    const allowed = problems.flatMap(({ where }, problem) =>
      where.map((at, query) => mask?.data[(problem * rows + (query % rows)) * keyLen + at] ?? 1),
    );
    expect(allowed).toEqual(allowed.map(() => 1));
    expect(mask ? numbers(mask).includes(0) : problems.every(({ forbidden, length }) => !forbidden && !length)).toBe(
      true,
    );
  });
});

test.each([
  ["content", [5, 1, 7]],
  ["latest-mark", [5, 7, 7]],
  ["recall", undefined],
] as const)("the mask of %s has the shape %s", (task, shape) => {
  expect(problemBatch(drawProblems(task, { seed: 3, count: 5 })).mask?.shape).toEqual(shape);
});
