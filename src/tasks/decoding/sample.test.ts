import { describe, expect, it } from "vitest";
import { type DecodeOptions, decode, type SampleOptions } from "./index.ts";
import { END, randomAnswer, softmax, ToyDecoder } from "./toy-decoder.fixture.ts";

/** Two letters are equally likely, and the likeliest is none of the first. */
const LOGITS = [-1, 0.2, 0.9, 1.7, 0.9, -0.5, 1.2];
const DRAWS = 10_000;

/** How often each token is drawn first. */
async function frequencies(sample: SampleOptions, options: Partial<DecodeOptions> = {}): Promise<number[]> {
  const decoder = new ToyDecoder(LOGITS.length, () => ({ logits: LOGITS, attention: [1] }));
  const input = decoder.input(Array.from({ length: DRAWS }, () => ({ name: "", length: 1 })));
  const found = await decode(decoder, input, { maxLen: 1, sample, ...options });
  const counts = new Array<number>(LOGITS.length).fill(0);
  for (const [best] of found) counts[best?.tokens[0] as number] = (counts[best?.tokens[0] as number] as number) + 1;
  return counts;
}

/** p of those that may be drawn, 0 of the others. */
function expected(allowed: readonly number[], temperature: number): number[] {
  return softmax(
    LOGITS.map((logit, i) => (allowed.includes(i) ? (logit - 1.7) / temperature : Number.NEGATIVE_INFINITY)),
  );
}

/** Σ (found − expected)² / expected over what may be drawn. */
function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  return counts.reduce((sum, count, i) => {
    const wanted = DRAWS * (probabilities[i] as number);
    return wanted === 0 ? sum : sum + (count - wanted) ** 2 / wanted;
  }, 0);
}

/** The 99.9 % quantile of χ² for so many degrees of freedom. */
const QUANTILES = [1e-9, 10.828, 13.816, 16.266, 18.467, 20.515, 22.458];

describe("tokens that are drawn", () => {
  const all = [0, 1, 2, 3, 4, 5, 6];
  it.each<[string, Omit<SampleOptions, "seed">, Partial<DecodeOptions>, readonly number[]]>([
    ["at temperature 1", {}, {}, all],
    ["hot", { temperature: 2.5 }, {}, all],
    ["cold", { temperature: 0.4 }, {}, all],
    ["as cold as can be", { temperature: 1e-308 }, {}, [3]],
    ["of the two likeliest", { topK: 2 }, {}, [3, 6]],
    ["of the three likeliest, the lower of equal ones", { topK: 3 }, {}, [2, 3, 6]],
    ["of more than there are", { topK: 99 }, {}, all],
    // p is .344, .209, .155, .155, .077, .038, .023.
    ["of the fewest that make up 0.5", { topP: 0.5 }, {}, [3, 6]],
    ["of the fewest that make up 0.7", { topP: 0.7 }, {}, [2, 3, 6]],
    ["of those, by their share of the three likeliest", { topK: 3, topP: 0.7 }, {}, [3, 6]],
    ["of the likeliest alone, where that is enough", { topP: 0.3 }, {}, [3]],
    ["hot, of the fewest at that temperature", { temperature: 2.5, topP: 0.5 }, {}, [2, 3, 6]],
    ["without banned ones", {}, { banned: [3, 0] }, [1, 2, 4, 5, 6]],
    ["of the likeliest without banned ones", { topK: 2 }, { banned: [3] }, [2, 6]],
    ["without END", {}, { maxLen: 2, minLen: 2 }, [0, 2, 3, 4, 5, 6]],
  ])("%s: χ² fits", async (_, sample, options, allowed) => {
    const counts = await frequencies({ ...sample, seed: 17 }, options);
    const probabilities = expected(allowed, sample.temperature ?? 1);
    for (const token of all) if (!allowed.includes(token)) expect(counts[token]).toBe(0);
    expect(counts.reduce((a, b) => a + b)).toBe(DRAWS);
    expect(chiSquare(counts, probabilities)).toBeLessThanOrEqual(QUANTILES[allowed.length - 1] as number);
  });

  it("would not fit another distribution", async () => {
    expect(chiSquare(await frequencies({ seed: 17 }), expected(all, 1.1))).toBeGreaterThan(QUANTILES[6] as number);
  });

  it("have the log p of the model itself, whatever the temperature", async () => {
    const decoder = new ToyDecoder(LOGITS.length, () => ({ logits: LOGITS, attention: [1] }));
    const options = { maxLen: 8, sample: { seed: 2, temperature: 3, topK: 4 }, banned: [3] };
    const [[found] = []] = await decode(decoder, decoder.input([{ name: "", length: 1 }]), options);
    const probabilities = softmax(LOGITS.map(Math.fround));
    const wanted = found?.tokens.map((token) => Math.log(probabilities[token] as number)) ?? [];
    expect(found?.logProbabilities).toEqual(wanted.map((number) => expect.closeTo(number, 10)));
    expect(found?.score).toBeCloseTo(
      wanted.reduce((a, b) => a + b, 0),
      9,
    );
  });

  it("depend on the seed, the row's place and the step, and several answers on their number", async () => {
    const decoder = new ToyDecoder(9, randomAnswer(3, { vocabulary: 9, spread: 0.3 }));
    const sources = Array.from({ length: 3 }, () => ({ name: "same", length: 2 }));
    const draw = async (seed: number, places?: readonly number[]) => {
      const input = { ...decoder.input(sources), ...(places && { places }) };
      const found = await decode(decoder, input, { maxLen: 12, best: 4, sample: { seed }, banned: [END] });
      return found.map((hypotheses) => hypotheses.map(({ tokens }) => String(tokens)));
    };
    const first = await draw(1);
    expect(await draw(1)).toEqual(first);
    expect(await draw(1, [2, 0, 1])).toEqual([first[2], first[0], first[1]]);
    expect(new Set([...first.flat(), ...(await draw(2)).flat()]).size).toBe(24);
    // At each step another number: with the same one, tokens of even logits would repeat.
    expect(new Set(first[0]?.[0]?.split(",")).size).toBeGreaterThan(3);
  });

  it("are given best first, as many as were asked for", async () => {
    const decoder = new ToyDecoder(9, randomAnswer(3, { vocabulary: 9 }));
    const options = { maxLen: 6, best: 20, sample: { seed: 1 }, lengthPenalty: 0.5 };
    const [found = []] = await decode(decoder, decoder.input([{ name: "x", length: 2 }]), options);
    expect(found).toHaveLength(20);
    const order = found.toSorted((a, b) => Number(b.ended) - Number(a.ended) || b.score - a.score);
    expect(found).toEqual(order);
    expect(new Set(found.map(({ ended }) => ended)).size).toBe(2);
  });
});
