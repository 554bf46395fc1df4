import { describe, expect, it } from "vitest";
import { type DecodeOptions, decode, type Hypothesis } from "./index.ts";
import {
  type Answer,
  always,
  END,
  everySequence,
  randomAnswer,
  ranked,
  type Sequence,
  type Source,
  START,
  softmax,
  ToyDecoder,
} from "./toy-decoder.fixture.ts";

const SOURCES: readonly Source[] = [
  { name: "a", length: 5 },
  { name: "b", length: 2 },
  { name: "c", length: 3 },
  { name: "d", length: 7 },
];
const VOCABULARY = 5;

async function answers(
  answer: Answer,
  options: DecodeOptions,
  sources = SOURCES,
): Promise<readonly (readonly Hypothesis[])[]> {
  const decoder = new ToyDecoder(VOCABULARY, answer);
  return await decode(decoder, decoder.input(sources), options);
}

/** The likeliest token each time, without any search. */
function greedy(answer: Answer, source: Source, maxLen: number): { tokens: number[]; total: number } {
  const tokens: number[] = [];
  let total = 0;
  while (tokens.at(-1) !== END && tokens.length < maxLen) {
    const probabilities = softmax(answer(source, [START, ...tokens]).logits);
    const most = Math.max(...probabilities);
    tokens.push(probabilities.indexOf(most));
    total += Math.log(most);
  }
  return { tokens, total };
}

describe("greedy decoding", () => {
  it.each([1, 2, 3, 4, 5, 6])("takes the likeliest token each time (model %i)", async (seed) => {
    const answer = randomAnswer(seed, { vocabulary: VOCABULARY });
    const found = await answers(answer, { maxLen: 9, lengthPenalty: 1.2, beam: 1 });
    for (const [row, hypotheses] of found.entries()) {
      const { tokens, total } = greedy(answer, SOURCES[row] as Source, 9);
      const score = total / ((5 + tokens.length) / 6) ** 1.2;
      expect(hypotheses).toEqual([
        expect.objectContaining({ tokens, score: expect.closeTo(score, 10), ended: tokens.at(-1) === END }),
      ]);
    }
  });

  it("gives log p of each token, and where it read, of its own source only", async () => {
    const answer = randomAnswer(7, { vocabulary: VOCABULARY });
    const [, [found] = []] = await answers(answer, { maxLen: 6 });
    const { tokens = [], logProbabilities, attention } = found as Hypothesis;
    for (const [i, token] of tokens.entries()) {
      const expected = answer(SOURCES[1] as Source, [START, ...tokens.slice(0, i)]);
      expect(logProbabilities[i]).toBeCloseTo(Math.log(softmax(expected.logits)[token] as number), 11);
      expect(Array.from(attention[i] as Float32Array)).toEqual(expected.attention);
    }
    expect(attention).toHaveLength(tokens.length);
  });

  it("selects no rows as long as all go on, and lets those that are done leave", async () => {
    // Each source ends after as many tokens as it has.
    const counting: Answer = ({ length }, read) => ({
      logits: [0, read.length === length ? 9 : -9, 3, 0, 0],
      attention: new Array(length).fill(1 / length),
    });
    const decoder = new ToyDecoder(VOCABULARY, counting);
    const found = await decode(decoder, decoder.input(SOURCES), { maxLen: 20 });
    expect(found.map(([best]) => best?.tokens.length)).toEqual([5, 2, 3, 7]);
    expect(decoder.rowsOfSteps).toEqual([4, 4, 3, 2, 2, 1, 1]);
    expect(decoder.selects).toBe(3);
  });

  it("of no rows takes no step", async () => {
    const decoder = new ToyDecoder(VOCABULARY, always([0, 0, 0, 0, 0]));
    expect(await decode(decoder, decoder.input([]), { maxLen: 3 })).toEqual([]);
    expect(decoder.rowsOfSteps).toEqual([]);
  });
});

/** As many as there are beginnings of four tokens, and more. */
const WIDE = 1000;

describe("a beam that is wide enough", () => {
  const penalties: readonly [string, DecodeOptions][] = [
    ["no penalty", { maxLen: 5 }],
    ["a length penalty", { maxLen: 5, lengthPenalty: 0.6 }],
    ["a strong length penalty", { maxLen: 5, lengthPenalty: 3 }],
    ["a coverage penalty", { maxLen: 5, coveragePenalty: 0.4 }],
    ["both", { maxLen: 5, lengthPenalty: 1, coveragePenalty: 0.2 }],
    ["a least length", { maxLen: 5, lengthPenalty: 0.6, minLen: 3 }],
    ["END at the last place only", { maxLen: 4, minLen: 4 }],
    ["banned tokens", { maxLen: 5, banned: [START, 3] }],
    ["END banned", { maxLen: 3, banned: [END] }],
    ["no pair twice", { maxLen: 5, noRepeatNgram: 2, lengthPenalty: 3, banned: [START] }],
    ["no token twice, and then none left", { maxLen: 5, noRepeatNgram: 1, banned: [START, END] }],
  ];
  it.each(penalties)("finds the best of all sequences: %s", async (_, options) => {
    const { maxLen, minLen = 1, banned = [], noRepeatNgram = 99, lengthPenalty = 0, coveragePenalty = 0 } = options;
    const isAllowed = (tokens: readonly number[]): boolean => {
      const last = tokens.at(-1) as number;
      if (banned.includes(last) || (last === END && tokens.length < minLen)) return false;
      const runs = tokens
        .map((_, i) => tokens.slice(i, i + noRepeatNgram).join())
        .slice(0, 1 - noRepeatNgram || undefined);
      return new Set(runs).size === runs.length;
    };
    for (const seed of [11, 12, 13]) {
      const answer = randomAnswer(seed, { vocabulary: VOCABULARY });
      const found = await answers(answer, { ...options, beam: WIDE, best: 7 });
      for (const [row, hypotheses] of found.entries()) {
        const limits = { maxLen: maxLen as number, isAllowed };
        const all = ranked(everySequence(answer, SOURCES[row] as Source, limits), lengthPenalty, coveragePenalty);
        const expected = all.slice(0, 7).map(({ sequence: { tokens, ended }, score }) => {
          return { tokens, ended, score: expect.closeTo(score, 10) };
        });
        expect(hypotheses.map(({ tokens, ended, score }) => ({ tokens, ended, score }))).toEqual(expected);
      }
    }
  });

  it("stops as soon as none can overtake the best", async () => {
    const decoder = new ToyDecoder(VOCABULARY, always([-9, 2, 0, 0, 0]));
    const [[best] = []] = await decode(decoder, decoder.input(SOURCES.slice(0, 1)), { maxLen: 50, beam: WIDE });
    expect(best?.tokens).toEqual([END]);
    expect(decoder.rowsOfSteps).toEqual([1]);
    // END alone is the first that ends, but the penalty of length makes up for the tokens before a later one.
    const patient = new ToyDecoder(VOCABULARY, always([-99, 0.5, 2, -99, -99]));
    const longer = await decode(patient, patient.input(SOURCES.slice(0, 1)), { maxLen: 6, beam: 3, lengthPenalty: 4 });
    expect(longer[0]?.[0]?.tokens).toEqual([2, 2, 2, 2, 2, END]);
  });
});

/** Beam search that goes on to the last token, whatever ended before. */
function wholeBeam(
  answer: Answer,
  source: Source,
  { maxLen, beam, alpha }: { maxLen: number; beam: number; alpha: number },
) {
  const none: Sequence = { tokens: [], logProbabilities: [], attention: [], ended: false };
  let live = [none];
  const done: Sequence[] = [];
  for (let length = 1; length <= maxLen; length++) {
    const all = live.flatMap((before) =>
      everySequence(answer, source, { maxLen: length, isAllowed: () => true, before }),
    );
    const total = ({ logProbabilities }: Sequence) => logProbabilities.reduce((a, b) => a + b, 0);
    const kept = all.sort((a, b) => total(b) - total(a)).slice(0, beam);
    done.push(...kept.filter(({ ended }) => ended || length === maxLen));
    live = kept.filter(({ ended }) => !ended);
  }
  return ranked(done, alpha);
}

describe("a narrow beam", () => {
  it.each([
    [2, 1, 0],
    [3, 1, 0.6],
    [3, 2, 1],
    [4, 4, 2],
    [6, 3, 6],
  ])(
    "of %i that stops when %i cannot be overtaken (α = %f) gives what it would give at the end",
    async (beam, best, alpha) => {
      let [steps, most] = [0, 0];
      for (let seed = 100; seed < 130; seed++) {
        const answer = randomAnswer(seed, { vocabulary: VOCABULARY });
        const decoder = new ToyDecoder(VOCABULARY, answer);
        const source = SOURCES[0] as Source;
        const options = { maxLen: 8, beam, best, lengthPenalty: alpha };
        const [found = []] = await decode(decoder, decoder.input([source]), options);
        const expected = wholeBeam(answer, source, { maxLen: 8, beam, alpha }).slice(0, best);
        expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ sequence }) => sequence.tokens));
        for (const rows of decoder.rowsOfSteps) steps += rows;
        most += 1 + 7 * beam;
      }
      expect(steps).toBeLessThan(most);
    },
  );

  it("finds what greedy decoding misses", async () => {
    // 2 is likelier at first, but nothing likely follows.
    const answer: Answer = ({ length }, read) => {
      const after = { [`${START}`]: [-9, -9, 1, 0.8, -9], [`${START},3`]: [-9, 9, 0, 0, 0] }[read.join()];
      return { logits: after ?? [0, 0, 0, 0, 0], attention: new Array(length).fill(1 / length) };
    };
    const [greedyFound] = await answers(answer, { maxLen: 4 }, SOURCES.slice(0, 1));
    const [found] = await answers(answer, { maxLen: 4, beam: 2 }, SOURCES.slice(0, 1));
    expect(greedyFound?.[0]?.tokens[0]).toBe(2);
    expect(found?.[0]?.tokens).toEqual([3, END]);
  });

  it("ranks an answer that ended above one that was cut, however likely that is", async () => {
    const found = await answers(
      always([-9, 0, 3, -9, -9]),
      { maxLen: 3, beam: 2, best: 2, minLen: 3 },
      SOURCES.slice(0, 1),
    );
    expect(found[0]?.map(({ tokens, ended }) => ({ tokens, ended }))).toEqual([
      { tokens: [2, 2, END], ended: true },
      { tokens: [2, 2, 2], ended: false },
    ]);
    const [ended, cut] = found[0] as [Hypothesis, Hypothesis];
    expect(cut.score).toBeGreaterThan(ended.score);
  });

  it("takes the lower token of equal ones, then the one whose beginning ranked higher", async () => {
    const found = await answers(always([-99, 0, 0, 0, -99]), { maxLen: 2, beam: 3, best: 3 }, SOURCES.slice(0, 1));
    // Of the first step: END, 2, 3. Of the second: END after 2, END after 3, then 2 after 2.
    expect(found[0]?.map(({ tokens }) => tokens)).toEqual([[END], [2, END], [3, END]]);
    const cut = await answers(always([-99, -99, 0, 0, -99]), { maxLen: 2, beam: 3, best: 3 }, SOURCES.slice(0, 1));
    expect(cut[0]?.map(({ tokens }) => tokens)).toEqual([
      [2, 2],
      [3, 2],
      [2, 3],
    ]);
  });

  it("scores by a coverage that can be computed anew from the weights it gives", async () => {
    const answer = randomAnswer(21, { vocabulary: VOCABULARY });
    const found = await answers(answer, { maxLen: 8, beam: 4, best: 4, lengthPenalty: 0.7, coveragePenalty: 0.3 });
    for (const { tokens, logProbabilities, attention, score, ended } of found.flat()) {
      const sequence = { tokens, logProbabilities, attention: attention.map((weights) => Array.from(weights)), ended };
      expect(score).toBeCloseTo(ranked([sequence], 0.7, 0.3)[0]?.score as number, 10);
    }
    expect(found.flat()).toHaveLength(16);
  });

  it("stays finite where nothing of a source token was read", async () => {
    const blind: Answer = () => ({ logits: [-9, 5, 0, 0, 0], attention: [1, 0] });
    const [[best] = []] = await answers(blind, { maxLen: 3, beam: 2, coveragePenalty: 0.5 }, SOURCES.slice(1, 2));
    const logProbability = Math.log(softmax([-9, 5, 0, 0, 0])[END] as number);
    expect(best?.score).toBeCloseTo(logProbability + 0.5 * Math.log(2 ** -126), 8);
  });
});

describe("a row", () => {
  const modes: readonly [string, Omit<DecodeOptions, "maxLen">][] = [
    ["greedy", {}],
    ["a beam", { beam: 4, best: 3, lengthPenalty: 0.8, coveragePenalty: 0.2 }],
    ["without repeats", { beam: 3, noRepeatNgram: 2, minLen: 2 }],
    ["drawn", { best: 3, sample: { seed: 5, temperature: 1.3, topP: 0.95 } }],
  ];
  it.each(modes)("is answered alike alone and in any batch: %s", async (_, options) => {
    const answer = randomAnswer(31, { vocabulary: VOCABULARY });
    const decoder = new ToyDecoder(VOCABULARY, answer);
    const maxLens = [9, 4, 7, 8];
    const run = (order: readonly number[]) => {
      const input = decoder.input(order.map((i) => SOURCES[i] as Source));
      return decode(
        decoder,
        { ...input, places: order },
        { ...options, maxLen: order.map((i) => maxLens[i] as number) },
      );
    };
    const alone = await Promise.all(SOURCES.map(async (_, i) => (await run([i]))[0]));
    for (const order of [
      [0, 1, 2, 3],
      [3, 1, 0, 2],
      [2, 0],
      [1, 1, 3],
    ]) {
      expect(await run(order)).toEqual(order.map((i) => alone[i]));
    }
    expect(new Set(alone.map((hypotheses) => String(hypotheses?.[0]?.tokens))).size).toBeGreaterThan(1);
  });

  it("keeps its own limits of length", async () => {
    const found = await answers(always([0, 0, 5, 0, 0]), { maxLen: [3, 1, 4, 2], beam: 2 });
    // Of each, the one that ended first comes first.
    for (const [row, [best]] of found.entries())
      expect(best?.tokens.length).toBeLessThanOrEqual([3, 1, 4, 2][row] as number);
    const greedyFound = await answers(always([0, 0, 5, 0, 0]), { maxLen: [3, 1, 4, 2] });
    expect(greedyFound.map(([best]) => [best?.tokens, best?.ended])).toEqual([
      [[2, 2, 2], false],
      [[2], false],
      [[2, 2, 2, 2], false],
      [[2, 2], false],
    ]);
  });

  it("is not told to begin with END where START is the same token", async () => {
    const decoder = Object.assign(new ToyDecoder(VOCABULARY, always([0, 1, 5, 0, 0])), { start: END });
    const [[best] = []] = await decode(decoder, decoder.input(SOURCES.slice(0, 1)), { maxLen: 2 });
    expect(best).toMatchObject({ tokens: [2, 2], ended: false });
  });
});
