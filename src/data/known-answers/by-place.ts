import { drawSymbols, letter, noise, oneHot, type ProblemSource, shuffled } from "./problem.ts";

const KEYS = 8;

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`);

/** Keys of nothing but noise and a symbol each. */
export const PLACE: ProblemSource = {
  about: "Each query names a place. What does the key at that place carry?",
  queryDim: KEYS,
  keyDim: 4,
  queryLen: 3,
  keyLen: KEYS,
  draw: (rng) => {
    const symbols = drawSymbols(rng, KEYS);
    const where = shuffled(rng, KEYS).slice(0, 3);
    return {
      key: symbols.map(() => noise(rng, 4)),
      symbols,
      where,
      query: where.map((at) => oneHot(at, KEYS)),
      rows: where.map((at) => `?${at + 1}`),
      columns: numbered(KEYS),
    };
  },
};

export const OWN_PLACE: ProblemSource = {
  about:
    "Nothing but noise tells queries apart, or keys. What does the key carry that is as far from the end as the query is from the start?",
  queryDim: 4,
  keyDim: 4,
  queryLen: KEYS,
  keyLen: KEYS,
  draw: (rng) => {
    const symbols = drawSymbols(rng, KEYS);
    return {
      key: symbols.map(() => noise(rng, 4, 0.5)),
      symbols,
      where: symbols.map((_, i) => KEYS - 1 - i),
      query: symbols.map(() => noise(rng, 4, 0.5)),
      rows: numbered(KEYS),
      columns: numbered(KEYS),
    };
  },
};

export const PREVIOUS: ProblemSource = {
  about: "Queries and keys are one sequence. What does the key before the query carry, for the first the first itself?",
  queryDim: 4,
  keyDim: 4,
  queryLen: KEYS,
  keyLen: KEYS,
  draw: (rng) => {
    const symbols = drawSymbols(rng, KEYS);
    const states = symbols.map((_, i) => [Number(i === 0), ...noise(rng, 3, 0.5)]);
    return {
      key: states,
      symbols,
      where: symbols.map((_, i) => Math.max(0, i - 1)),
      query: states,
      rows: numbered(KEYS),
      columns: symbols.map(letter),
    };
  },
};

export const LATEST_MARK: ProblemSource = {
  about:
    "Queries and keys are one sequence, and no query sees what comes after it. What does the last marked key carry?",
  queryDim: 3,
  keyDim: 3,
  queryLen: KEYS,
  keyLen: KEYS,
  draw: (rng) => {
    const symbols = drawSymbols(rng, KEYS);
    const marked = symbols.map((_, i) => i === 0 || rng.uniform() < 0.4);
    const states = marked.map((mark) => [Number(mark), ...noise(rng, 2, 0.3)]);
    return {
      key: states,
      symbols,
      where: symbols.map((_, i) => marked.lastIndexOf(true, i)),
      query: states,
      forbidden: (query, key) => key > query,
      rows: numbered(KEYS),
      columns: symbols.map((symbol, i) => `${letter(symbol)}${marked[i] ? "*" : ""}`),
    };
  },
};

export const IN_ORDER: ProblemSource = {
  about: "All queries are alike, and only the first key is marked. What do the keys carry, one after the other?",
  queryDim: 2,
  keyDim: 3,
  queryLen: 6,
  keyLen: 6,
  draw: (rng) => {
    const symbols = drawSymbols(rng, 6);
    return {
      key: symbols.map((_, i) => [Number(i === 0), ...noise(rng, 2, 0.3)]),
      symbols,
      where: symbols.map((_, i) => i),
      query: symbols.map(() => [1, 1]),
      rows: numbered(6),
      columns: symbols.map(letter),
    };
  },
};
