import { describe, expect, it } from "vitest";
import { ModelError } from "../../tensor/errors.ts";
import { type DecodeOptions, decode } from "./index.ts";
import { decoderOf } from "./toy-decoder.fixture.ts";

describe("what goes wrong", () => {
  const input = { state: 0, rows: 2 };

  it("in the decoder comes through", async () => {
    const broken = decoderOf(() => Promise.reject(new TypeError("no memory left")));
    await expect(decode(broken, input, { maxLen: 3 })).rejects.toThrow(new TypeError("no memory left"));
  });

  it("from outside ends it with the reason, even of a decoder that never waits", async () => {
    let steps = 0;
    const endless = decoderOf(async (state, tokens) => {
      steps++;
      return { state, logits: new Float32Array(3 * tokens.length).map((_, i) => (i % 3 === 2 ? 1 : 0)) };
    });
    const controller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 30);
    await expect(decode(endless, input, { maxLen: 1e9, signal: controller.signal })).rejects.toBe(reason);
    const before = steps;
    expect(before).toBeGreaterThan(0);
    const aborted = decode(endless, input, { maxLen: 9, signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    expect(steps).toBe(before);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("names a logit of %f", async (logit) => {
    const logits = (step: number) => Float32Array.of(0, -1, 1, 0, -1, step === 1 ? logit : 1);
    for (const options of [{}, { beam: 3 }, { sample: { seed: 1 } }]) {
      let step = 0;
      const broken = decoderOf(async (state) => ({ state, logits: logits(step++) }));
      await expect(decode(broken, input, { maxLen: 3, minLen: 3, beam: 1, ...options, banned: [0] })).rejects.toThrow(
        new ModelError(`decode: expected finite logits but found ${logit} for token 2 after 1 tokens of row 1`),
      );
    }
  });

  it.each<[string, { logits: Float32Array; attention?: Float32Array }, DecodeOptions, string]>([
    [
      "too few logits",
      { logits: new Float32Array(5) },
      { maxLen: 3 },
      "decode: expected logits [rows=2 vocabulary=3] but found 5 numbers",
    ],
    [
      "attention of other rows",
      { logits: new Float32Array(6), attention: new Float32Array(9) },
      { maxLen: 3 },
      "decode: expected attention [rows=2 sourceLen], sourceLen at least 4, but found 9 numbers",
    ],
    [
      "attention of shorter sources",
      { logits: new Float32Array(6), attention: new Float32Array(6) },
      { maxLen: 3 },
      "decode: expected attention [rows=2 sourceLen], sourceLen at least 4, but found 6 numbers",
    ],
    [
      "no attention where it is needed",
      { logits: new Float32Array(6) },
      { maxLen: 3, coveragePenalty: 1 },
      "decode: expected attention for a coverage penalty but found none; leave the penalty out",
    ],
  ])("refuses %s", async (_, output, options, message) => {
    const broken = decoderOf(async (state) => ({ state, ...output }));
    await expect(decode(broken, { ...input, sourceLengths: [4, 2] }, options)).rejects.toThrow(new ModelError(message));
  });
});
