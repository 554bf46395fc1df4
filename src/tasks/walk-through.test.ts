import { describe, expect, test } from "vitest";
import { MECHANISMS, type Mechanism } from "../attention/index.ts";
import { nodeBackend } from "../runtime/node.ts";
import { singleEngine } from "../runtime/single-engine.ts";
import { type Matrix, WalkThrough } from "./walk-through.ts";

const named = (name: string) => MECHANISMS.find((mechanism) => mechanism.name === name) as Mechanism;

function rowsOf({ rows, columns, data }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, row) => data.slice(row * columns, (row + 1) * columns));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe.each(MECHANISMS)("$name, stage by stage", (mechanism) => {
  test("gives weights that sum to one or less, and answers that are shares", () => {
    const walk = new WalkThrough(mechanism);
    const { problem, input } = walk.problem(0);
    const { scores, weights, output, answers } = walk.walk(input);
    expect(input.query.rows).toBe(problem.query.length);
    expect(weights.length).toBeGreaterThan(0);
    for (const matrix of weights) {
      expect([matrix.rows, matrix.columns]).toEqual([problem.query.length, problem.key.length]);
      for (const row of rowsOf(matrix)) expect(sum(row)).toBeLessThan(1 + 1e-9);
    }
    for (const matrix of scores) expect([matrix.rows, matrix.columns]).toEqual([weights[0]?.rows, weights[0]?.columns]);
    expect(output.rows).toBe(problem.query.length);
    for (const row of rowsOf(answers)) expect(sum(row)).toBeCloseTo(1, 9);
  });
});

test("the scores of scaled dot-product attention are the formula's, its weights their softmax, its output their mean", () => {
  const walk = new WalkThrough(named("scaled-dot-product"));
  const { input } = walk.problem(3);
  const { scores, weights, output } = walk.walk(input);
  const [query, key, value] = [input.query, input.key, input.value].map(rowsOf) as [number[][], number[][], number[][]];
  for (const [i, q] of query.entries()) {
    const expected = key.map((k) => sum(k.map((x, d) => x * (q[d] as number))) / Math.sqrt(q.length));
    const found = rowsOf(scores[0] as Matrix)[i] as number[];
    for (const [j, score] of expected.entries()) expect(found[j]).toBeCloseTo(score, 9);
    const allowed = rowsOf(input.mask as Matrix)[i] as number[];
    const exp = expected.map((score, j) => (allowed[j] ? Math.exp(score) : 0));
    const shares = exp.map((part) => part / sum(exp));
    const row = rowsOf(weights[0] as Matrix)[i] as number[];
    for (const [j, share] of shares.entries()) expect(row[j]).toBeCloseTo(share, 9);
    const mean = (value[0] as number[]).map((_, c) => sum(shares.map((share, j) => share * (value[j]?.[c] as number))));
    for (const [c, x] of mean.entries()) expect(rowsOf(output)[i]?.[c]).toBeCloseTo(x, 9);
  }
});

test("every mechanism that scores keys shows its scores: only linear attention has none", () => {
  const without = MECHANISMS.filter((mechanism) => {
    const walk = new WalkThrough(mechanism);
    return walk.walk(walk.problem(0).input).scores.length === 0;
  });
  expect(without.map(({ name }) => name)).toEqual(["linear-attention"]);
});

test.each(["coverage", "location-sensitive", "key-value-cache", "sliding-window"])(
  "the weights of %s are the softmax of its scores over the keys that a query sees",
  (name) => {
    const walk = new WalkThrough(named(name));
    const { scores, weights } = walk.walk(walk.problem(1).input);
    const rows = rowsOf(weights[0] as Matrix);
    for (const [i, row] of rows.entries()) {
      const exp = (rowsOf(scores[0] as Matrix)[i] as number[]).map((score, j) => (row[j] === 0 ? 0 : Math.exp(score)));
      for (const [j, part] of exp.entries()) expect(row[j]).toBeCloseTo(part / sum(exp), 9);
    }
    expect(rows.flat().some((weight) => weight > 0)).toBe(true);
  },
);

test("a query that is moved changes its own row only", () => {
  const walk = new WalkThrough(named("scaled-dot-product"));
  const { input } = walk.problem(0);
  const before = walk.walk(input);
  const data = input.query.data.map((x, i) => (i < input.query.columns ? -x : x));
  const after = walk.walk({ ...input, query: { ...input.query, data } });
  const [first, ...others] = rowsOf(after.weights[0] as Matrix);
  const [was, ...same] = rowsOf(before.weights[0] as Matrix);
  expect(others).toEqual(same);
  expect(first).not.toEqual(was);
});

test("training makes it answer, and says so", async () => {
  const walk = new WalkThrough(named("scaled-dot-product"));
  const right = () => {
    const hits = Array.from({ length: 40 }, (_, index) => {
      const { problem, input } = walk.problem(index);
      return rowsOf(walk.walk(input).answers).map((row, i) => {
        return row.indexOf(Math.max(...row)) === problem.symbols[problem.where[i] as number];
      });
    }).flat();
    return hits.filter(Boolean).length / hits.length;
  };
  expect(right()).toBeLessThan(0.6);
  expect(walk.isTrained).toBe(false);
  const losses: number[] = [];
  for await (const { loss } of walk.train(singleEngine(nodeBackend))) losses.push(loss);
  expect(losses.length).toBe(walk.steps);
  expect(walk.isTrained).toBe(true);
  expect(right()).toBeGreaterThan(0.95);
});
