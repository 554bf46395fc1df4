import { drawSymbols, letter, noise, oneHot, type ProblemSource, shuffled } from "./problem.ts";

/** Fewer than there are symbols: else weight on every key but the right one would tell the answer, too. */
const KEYS = 7;

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `${i + 1}`);

/** Keys of nothing but noise and a symbol each. */
export const PLACE: ProblemSource = {
  about: "Each query names a place. What does the key at that place carry?",
  labels: "A query is called by the place that it names, as in `?3`; keys are numbered.",
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
  labels: "Queries and keys are numbered: query `1` asks for the last key.",
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
  labels: "Queries are numbered; a key is called by the letter that it carries.",
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
  labels: "Queries are numbered; a key is called by the letter that it carries, with `*` where it is marked.",
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

/** Any so many keys in a row are of different kinds. */
const KINDS = 7;

export const NEARBY: ProblemSource = {
  about:
    "Keys come in seven kinds, each of which returns every seventh place. A query holds its own place and a kind. What does the key of that kind carry that lies at this place, or just before or behind it?",
  labels: "A query is called by the kind that it asks for, as in `?3`; a key by its kind.",
  queryDim: KINDS + 1,
  keyDim: KINDS,
  queryLen: 2 * KINDS,
  keyLen: 2 * KINDS,
  draw: (rng) => {
    const count = 2 * KINDS;
    const pattern = shuffled(rng, KINDS);
    const kindAt = (at: number) => pattern[at % KINDS] as number;
    const places = Array.from({ length: count }, (_, i) => i);
    const where = places.map((i) => Math.min(count - 1, Math.max(0, i + rng.integer(3) - 1)));
    return {
      key: places.map((at) => oneHot(kindAt(at), KINDS)),
      symbols: drawSymbols(rng, count),
      where,
      query: where.map((at, i) => [(2 * i) / (count - 1) - 1, ...oneHot(kindAt(at), KINDS)]),
      rows: where.map((at) => `?${kindAt(at) + 1}`),
      columns: places.map((at) => `${kindAt(at) + 1}`),
    };
  },
};

export const IN_ORDER: ProblemSource = {
  about: "All queries are alike, and only the first key is marked. What do the keys carry, one after the other?",
  labels: "Queries are numbered; a key is called by the letter that it carries.",
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
