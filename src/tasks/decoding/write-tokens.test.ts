import { describe, expect, it } from "vitest";
import { decode, type WriteOptions, type WrittenToken, writeTokens } from "./index.ts";
import { randomAnswer, ToyDecoder } from "./toy-decoder.fixture.ts";

const SOURCE = { name: "a", length: 4 };
const toy = () => new ToyDecoder(6, randomAnswer(41, { vocabulary: 6 }));

describe("tokens told as they are written", () => {
  it.each<[string, WriteOptions]>([
    ["greedy", { maxLen: 12 }],
    ["cut", { maxLen: 3, minLen: 3, banned: [1] }],
    ["drawn", { maxLen: 12, minLen: 5, noRepeatNgram: 2, sample: { seed: 3, temperature: 1.5, topK: 4 } }],
  ])("are those of decode: %s", async (_, options) => {
    const decoder = toy();
    const { state } = decoder.input([SOURCE]);
    const told: WrittenToken[] = [];
    for await (const token of writeTokens(decoder, { state, sourceLength: 4, place: 9 }, options)) told.push(token);
    const [[found] = []] = await decode(decoder, { state, rows: 1, sourceLengths: [4], places: [9] }, options);
    expect(told).toEqual(
      found?.tokens.map((token, i) => ({
        token,
        logProbability: found.logProbabilities[i],
        probability: Math.exp(found.logProbabilities[i] as number),
        attention: found.attention[i],
      })),
    );
    expect(told.length).toBeGreaterThan(1);
    expect(told[0]?.attention).toHaveLength(4);
  });

  it("cost one step each, and none when nobody listens any longer", async () => {
    const decoder = toy();
    const { state } = decoder.input([SOURCE]);
    let count = 0;
    for await (const _ of writeTokens(decoder, { state }, { maxLen: 12, minLen: 12 })) {
      expect(decoder.rowsOfSteps).toHaveLength(++count);
      if (count === 3) break;
    }
    expect(decoder.rowsOfSteps).toEqual([1, 1, 1]);
  });

  it("end with the reason of an abort", async () => {
    const decoder = toy();
    const { state } = decoder.input([SOURCE]);
    const controller = new AbortController();
    const tokens = writeTokens(decoder, { state }, { maxLen: 12, minLen: 12, signal: controller.signal });
    expect((await tokens.next()).done).toBe(false);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(tokens.next()).rejects.toBe(reason);
    expect(await tokens.next()).toEqual({ done: true, value: undefined });
  });

  it("are checked as those of decode", async () => {
    const decoder = toy();
    const tokens = writeTokens(decoder, { state: [] }, { maxLen: -1 });
    await expect(tokens.next()).rejects.toThrow(
      new RangeError("decode: expected maxLen to be a positive integer but found -1"),
    );
  });
});
