import { describe, expect, it } from "vitest";
import { type DecodeOptions, decode } from "./index.ts";
import { always, decoderOf, ToyDecoder, type ToyState } from "./toy-decoder.fixture.ts";

const VOCABULARY = 5;

describe("options outside their limits", () => {
  const sample = { seed: 1 };
  it.each<[Partial<DecodeOptions>, string]>([
    [{ maxLen: 0 }, "decode: expected maxLen to be a positive integer but found 0"],
    [{ maxLen: [3, 2.5, 3, 3] }, "decode: expected maxLen to be a positive integer but found 2.5"],
    [{ maxLen: [3, 3] }, "decode: expected maxLen of 4 rows but found 2"],
    [{ minLen: 0 }, "decode: expected minLen to be a positive integer but found 0"],
    [{ maxLen: [6, 5, 6, 6], minLen: 6 }, "decode: expected minLen to be at most 5, the least maxLen, but found 6"],
    [{ beam: 0 }, "decode: expected beam to be a positive integer but found 0"],
    [{ best: 1.5, beam: 2 }, "decode: expected best to be a positive integer but found 1.5"],
    [{ best: 3, beam: 2 }, "decode: expected best to be at most 2, the beam, but found 3; widen the beam"],
    [{ lengthPenalty: -1 }, "decode: expected lengthPenalty to be finite and at least 0 but found -1"],
    [{ coveragePenalty: Number.NaN }, "decode: expected coveragePenalty to be finite and at least 0 but found NaN"],
    [{ noRepeatNgram: 0 }, "decode: expected noRepeatNgram to be a positive integer but found 0"],
    [{ banned: [2, 5] }, "decode: expected banned tokens from 0 to 4 but found 5"],
    [{ banned: [0, 1, 2, 3, 4] }, "decode: expected a token that may be written but found all 5 banned"],
    [
      { sample, beam: 2 },
      "decode: expected a beam of 1 where tokens are drawn but found 2; for several answers, set best",
    ],
    [{ sample: { seed: -1 } }, "Rng: expected a seed from 0 to 4294967295 but found -1"],
    [{ sample: { ...sample, temperature: 0 } }, "decode: expected temperature to be finite and above 0 but found 0"],
    [{ sample: { ...sample, topK: 0 } }, "decode: expected topK to be a positive integer but found 0"],
    [{ sample: { ...sample, topP: 0 } }, "decode: expected topP to be above 0 and at most 1 but found 0"],
    [{ sample: { ...sample, topP: 1.1 } }, "decode: expected topP to be above 0 and at most 1 but found 1.1"],
  ])("%o are refused", async (options, message) => {
    const decoder = new ToyDecoder(VOCABULARY, always([0, 0, 0, 0, 0]));
    const input = decoder.input(Array.from({ length: 4 }, () => ({ name: "", length: 2 })));
    await expect(decode(decoder, input, { maxLen: 6, ...options })).rejects.toThrow(new RangeError(message));
  });

  it.each<[object, string]>([
    [{ rows: -1 }, "decode: expected rows to be an integer of at least 0 but found -1"],
    [{ sourceLengths: [1] }, "decode: expected sourceLengths of 2 rows but found 1"],
    [{ sourceLengths: [1, 0] }, "decode: expected sourceLengths to be a positive integer but found 0"],
    [{ places: [1, 2, 3] }, "decode: expected places of 2 rows but found 3"],
    [{ places: [1, -2] }, "decode: expected places from 0 to 4294967295 but found -2"],
  ])("input %o is refused", async (input, message) => {
    const decoder = new ToyDecoder(VOCABULARY, always([0, 0, 0, 0, 0]));
    const state: ToyState = [];
    await expect(decode(decoder, { state, rows: 2, ...input }, { maxLen: 6 })).rejects.toThrow(new RangeError(message));
  });

  it("END outside the vocabulary is refused", async () => {
    const decoder = { ...decoderOf(() => Promise.reject(new Error("not reached"))), end: 3 };
    await expect(decode(decoder, { state: 0, rows: 1 }, { maxLen: 6 })).rejects.toThrow(
      new RangeError("decode: expected END from 0 to 2 but found 3"),
    );
  });
});
