import type { Rng } from "../../tensor/random.ts";
import { drawSymbols, letter, noise, type ProblemSource, shuffled } from "./problem.ts";

const DIM = 8;
const KEYS = 7;
const QUERIES = 3;

/** What a query holds of a key's code: the numbers in another order, every other one with its sign changed. */
function turned(code: readonly number[]): number[] {
  return code.map((_, i) => (i % 2 === 0 ? 1 : -1) * (code[(3 * i + 5) % code.length] as number));
}

export const CONTENT: ProblemSource = {
  about: "Each query holds the code of one key, turned by a rotation that must be learned. What does that key carry?",
  labels:
    "A query is called by the letter that answers it, as in `?c`; a key by the letter that it carries, or `·` where it is padding.",
  queryDim: DIM,
  keyDim: DIM,
  queryLen: QUERIES,
  keyLen: KEYS,
  draw: (rng) => {
    const key = Array.from({ length: KEYS }, () => noise(rng, DIM, 1.7));
    const symbols = drawSymbols(rng, KEYS);
    const where = shuffled(rng, KEYS - 1).slice(0, QUERIES);
    // The last key is padding in half of the problems, so that masks are at work.
    const length = KEYS - rng.integer(2);
    return {
      key,
      symbols,
      where,
      query: where.map((at) => turned(key[at] as number[])),
      length,
      rows: where.map((at) => `?${letter(symbols[at] as number)}`),
      columns: symbols.map((symbol, at) => (at < length ? letter(symbol) : "·")),
    };
  },
};

/** Fewer than there are symbols, and an even number, which is easily halved. */
const STEPS = 6;
/** So many of the last keys have the codes of the first ones. */
const AGAIN = 2;

export const RECALL: ProblemSource = {
  about:
    "Queries and keys are one sequence. Each query holds the code, turned, of a key up to its own place; the last two keys have the codes of the first two, but come too late for who asks. What does the key that came carry?",
  labels:
    "A query is called by the letter that answers it, as in `?c`; a key by the letter that it carries, with `″` where its code comes again.",
  queryDim: DIM,
  keyDim: DIM,
  queryLen: STEPS,
  keyLen: STEPS,
  draw: (rng) => {
    const codes = Array.from({ length: STEPS - AGAIN }, () => noise(rng, DIM, 1.7));
    const key = [...codes, ...codes.slice(0, AGAIN)];
    const symbols = drawSymbols(rng, STEPS);
    const where = key.map((_, i) =>
      i < codes.length ? rng.integer(i + 1) : AGAIN + rng.integer(codes.length - AGAIN),
    );
    return {
      key,
      symbols,
      where,
      query: where.map((at) => turned(key[at] as number[])),
      rows: where.map((at) => `?${letter(symbols[at] as number)}`),
      columns: symbols.map((symbol, at) => `${letter(symbol)}${at < codes.length ? "" : "″"}`),
    };
  },
};

/** Least distance by which the nearest point must be nearer than the next. */
const MARGIN = 0.3;

const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((x, i) => x - (b[i] as number)));

/** Points of the square, no two so close that no query could tell them apart. */
function scattered(rng: Rng, count: number): number[][] {
  const points: number[][] = [];
  while (points.length < count) {
    const point = noise(rng, 2);
    if (points.every((other) => distance(point, other) > MARGIN)) points.push(point);
  }
  return points;
}

export const NEAREST: ProblemSource = {
  about: "Keys and queries are points of a square. What does the key carry that lies nearest to the query?",
  labels: "A query is called by the letter that answers it, as in `?c`; a key by the letter that it carries.",
  queryDim: 2,
  keyDim: 2,
  queryLen: QUERIES,
  keyLen: KEYS,
  draw: (rng) => {
    const key = scattered(rng, KEYS);
    const symbols = drawSymbols(rng, KEYS);
    const places: { point: number[]; at: number }[] = [];
    while (places.length < QUERIES) {
      const point = noise(rng, 2);
      const far = key.map((other) => distance(point, other));
      const [first, second] = [...far].sort((a, b) => a - b) as [number, number];
      if (second - first > MARGIN) places.push({ point, at: far.indexOf(first) });
    }
    return {
      key,
      symbols,
      query: places.map(({ point }) => point),
      where: places.map(({ at }) => at),
      rows: places.map(({ at }) => `?${letter(symbols[at] as number)}`),
      columns: symbols.map(letter),
    };
  },
};

/** Least step between two strengths, so that their order can be told. */
const levels = (order: readonly number[]) => order.map((rank) => 1 - (2 * rank) / (order.length - 1));

export const BY_STRENGTH: ProblemSource = {
  about: "All queries are alike. What do the keys carry, the strongest first, each of them read once?",
  labels: "Queries are numbered; a key is called by its rank, `1` for the strongest.",
  queryDim: 2,
  keyDim: 3,
  queryLen: 4,
  keyLen: 6,
  draw: (rng) => {
    const ranks = shuffled(rng, 6);
    const strengths = levels(ranks);
    const symbols = drawSymbols(rng, 6);
    const where = [0, 1, 2, 3].map((rank) => ranks.indexOf(rank));
    return {
      key: strengths.map((strength) => [strength, ...noise(rng, 2, 0.3)]),
      symbols,
      where,
      query: where.map(() => [1, 1]),
      rows: where.map((_, i) => `${i + 1}`),
      columns: ranks.map((rank) => `${rank + 1}`),
    };
  },
};

export const SMALLEST: ProblemSource = {
  about: "Keys hold numbers. Which holds the smallest?",
  labels: "A key is called by the rank of its number, `1` for the smallest.",
  queryDim: 2,
  keyDim: 1,
  queryLen: 1,
  keyLen: KEYS,
  draw: (rng) => {
    const ranks = shuffled(rng, KEYS);
    const symbols = drawSymbols(rng, KEYS);
    return {
      key: levels(ranks).map((level) => [-level]),
      symbols,
      where: [ranks.indexOf(0)],
      query: [[1, 1]],
      rows: ["smallest"],
      columns: ranks.map((rank) => `${rank + 1}`),
    };
  },
};

export const MARK: ProblemSource = {
  about: "One of the keys is marked. What does it carry?",
  labels: "A key is called by the letter that it carries, with `′` where it is marked.",
  queryDim: 2,
  keyDim: 5,
  queryLen: 1,
  keyLen: KEYS,
  draw: (rng) => {
    const marked = rng.integer(KEYS);
    const symbols = drawSymbols(rng, KEYS);
    return {
      key: symbols.map((_, at) => [Number(at === marked), ...noise(rng, 4)]),
      symbols,
      where: [marked],
      query: [[1, 1]],
      rows: ["mark"],
      columns: symbols.map((symbol, at) => `${letter(symbol)}${at === marked ? "′" : ""}`),
    };
  },
};

export const MARKS: ProblemSource = {
  about: "Two of the keys are marked, each in its own way. What do they carry?",
  labels:
    "A query is called by the mark that it asks for; a key by the letter that it carries, with its mark, `′` or `″`.",
  queryDim: 2,
  keyDim: 6,
  queryLen: 2,
  keyLen: KEYS,
  draw: (rng) => {
    const where = shuffled(rng, KEYS).slice(0, 2);
    const symbols = drawSymbols(rng, KEYS);
    const names = ["first mark", "second mark"];
    return {
      key: symbols.map((_, at) => [...where.map((marked) => Number(marked === at)), ...noise(rng, 4)]),
      symbols,
      where,
      query: [
        [1, 0],
        [0, 1],
      ],
      rows: names,
      columns: symbols.map((symbol, at) => `${letter(symbol)}${["′", "″"][where.indexOf(at)] ?? ""}`),
    };
  },
};
