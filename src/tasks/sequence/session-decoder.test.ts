import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onReference, withParameterInputs } from "../../../test/support/runtimes.ts";
import { END, PAD, START, UNKNOWN } from "../../data/text/index.ts";
import { CROSS_ATTENTION } from "../../models/sequence-to-sequence.ts";
import { traceGraph } from "../../nn/trace.ts";
import type { Backend } from "../../runtime/backend.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { ModelError } from "../../tensor/errors.ts";
import { array, type NdArray, numbers } from "../../tensor/nd-array.ts";
import { input } from "../../tensor/tensor.ts";
import { KINDS, TEXTS, type Untrained, untrained, writerOf } from "./models.fixture.ts";
import { SessionDecoder } from "./session-decoder.ts";
import type { SequenceWriter } from "./writer.ts";

/** Logits and weights of every step of one text, by the whole pass of training in float64. */
function wholePass({ model, source }: Untrained, text: string, written: readonly number[]) {
  const ids = source.encode(text);
  const leaves = {
    source: input("source", [1, ids.length], "int32"),
    lengths: input("lengths", [1], "int32"),
    target: input("target", [1, written.length + 1], "int32"),
  };
  const { result, weights } = traceGraph({ training: true }, () => model.forward(leaves));
  const looked = weights[CROSS_ATTENTION]?.tensor;
  const form = withParameterInputs({ logits: result.logits, ...(looked ? { weights: looked } : {}) }, model);
  return onReference(form.outputs, {
    ...form.feeds,
    source: { data: ids, shape: [1, ids.length], dtype: "int32" },
    lengths: array([ids.length], [1], "int32"),
    target: array([START, ...written], [1, written.length + 1], "int32"),
  });
}

/** Greedy, by hand: the likeliest token after each beginning that was written so far, the whole pass for each. */
function greedy(parts: Untrained, text: string): number[] {
  const written: number[] = [];
  while (written.length < parts.settings.targetLen && written.at(-1) !== END) {
    const logits = numbers(wholePass(parts, text, written).logits as NdArray).slice(-parts.target.size);
    const allowed = logits.map((logit, id) => ([PAD, START, UNKNOWN].includes(id) ? Number.NEGATIVE_INFINITY : logit));
    written.push(allowed.indexOf(Math.max(...allowed)));
  }
  return written;
}

describe.each(KINDS)("$name", ({ model }) => {
  const parts = untrained({ model });
  let writer: SequenceWriter;
  beforeAll(async () => {
    writer = await writerOf(parts);
  });
  afterAll(() => writer.release());

  test("a beam of 1 writes what is likeliest at each step, with its probability and where it looked", async () => {
    const texts = TEXTS.slice(0, 6);
    const answers = await writer.write(texts);
    expect(new Set(answers.map(({ output }) => output)).size).toBeGreaterThan(1);
    for (const [i, answer] of answers.entries()) {
      const text = texts[i] as string;
      expect([...answer.tokens]).toEqual(greedy(parts, text));
      const { logits, weights } = wholePass(parts, text, answer.tokens.slice(0, -1)) as Record<string, NdArray>;
      const { size } = parts.target;
      for (const [step, token] of answer.tokens.entries()) {
        const own = numbers(logits as NdArray).slice(step * size, (step + 1) * size);
        const sum = own.reduce((total, logit) => total + Math.exp(logit), 0);
        expect(answer.logProbabilities[step]).toBeCloseTo((own[token] as number) - Math.log(sum), 4);
        const looked = answer.attention[step]?.slice(0, writer.encode(text).length);
        expect(looked !== undefined).toBe(model.attention);
        if (!looked) continue;
        const expected = numbers(weights as NdArray).slice(step * looked.length, (step + 1) * looked.length);
        for (const [place, share] of expected.entries()) expect(looked[place]).toBeCloseTo(share, 5);
      }
    }
  });

  test.each([1, 3])("the order of texts and the company they are in change no answer of a beam of %i", async (beam) => {
    const options = { beam, lengthPenalty: 0.6 };
    const together = await writer.write(TEXTS, options);
    const turned = await writer.write([...TEXTS].reverse(), options);
    expect(turned.map(({ output }) => output).reverse()).toEqual(together.map(({ output }) => output));
    for (const [i, text] of TEXTS.entries()) {
      const [alone] = await writer.write([text], options);
      expect(alone).toMatchObject({ text, output: together[i]?.output, tokens: together[i]?.tokens });
      expect(alone?.logProbabilities.length).toBe(together[i]?.tokens.length);
      for (const [step, value] of (alone?.logProbabilities ?? []).entries()) {
        expect(together[i]?.logProbabilities[step]).toBeCloseTo(value, 4);
      }
    }
  });

  test("known answers have the probabilities that the whole pass gives them", async () => {
    const pairs = TEXTS.slice(0, 4).map((text, i) => ({ text, expected: text.toUpperCase().slice(0, 1 + 2 * i) }));
    const scores = await writer.score(pairs);
    for (const [i, { text, expected }] of pairs.entries()) {
      const ids = [...parts.target.encode(expected)];
      const logits = numbers(wholePass(parts, text, ids.slice(0, -1)).logits as NdArray);
      const { size } = parts.target;
      const wanted = ids.map((id, step) => {
        const own = logits.slice(step * size, (step + 1) * size);
        return (own[id] as number) - Math.log(own.reduce((total, logit) => total + Math.exp(logit), 0));
      });
      expect(scores[i]?.logProbabilities).toHaveLength(ids.length);
      for (const [step, value] of wanted.entries()) expect(scores[i]?.logProbabilities[step]).toBeCloseTo(value, 4);
    }
  });

  test("an answer of any length takes one run of the encoder, and a run of the decoder a token, each fed as much", async () => {
    const runs: Record<"encoder" | "decoder", number[]> = { encoder: [], decoder: [] };
    const counting: Pick<Backend, "load"> = {
      load: async (bytes) => {
        const session = await nodeBackend.load(bytes);
        return {
          bytes: session.bytes,
          release: () => session.release(),
          run: (feeds) => {
            const fed = Object.values(feeds).reduce((sum, { data }) => sum + data.byteLength, 0);
            runs["encoder_attention_mask" in feeds ? "decoder" : "encoder"].push(fed);
            return session.run(feeds);
          },
        };
      },
    };
    const long = untrained({ model, targetLen: 60 });
    const counted = await writerOf(long, counting);
    const [text] = TEXTS as [string];
    for (const maxLen of [5, 60]) {
      runs.encoder = [];
      runs.decoder = [];
      // The end is banned, so that an answer is as long as it may be.
      const [answer] = await counted.write([text], { maxLen, banned: [PAD, START, END, UNKNOWN] });
      expect(answer?.tokens).toHaveLength(maxLen);
      expect(runs.encoder).toHaveLength(1);
      expect(runs.decoder).toHaveLength(maxLen);
      expect(new Set(runs.decoder).size).toBe(1);
    }
    await counted.release();
  });
});

test("no texts have no answers, and no known answers no scores", async () => {
  const writer = await writerOf(untrained());
  expect(await writer.write([])).toEqual([]);
  expect(await writer.score([])).toEqual([]);
  await writer.release();
});

test("a decoder that gives no numbers is told by name", async () => {
  const session = { bytes: 0, run: async () => ({}), release: async () => undefined };
  const decoder = new SessionDecoder({ encoder: session, decoder: session, vocabulary: 7 });
  const state = await decoder.encode([Int32Array.of(5, END)]);
  await expect(decoder.step(state, Int32Array.of(START))).rejects.toThrow(
    new ModelError("model: expected the decoder to give logits as float32 but found none"),
  );
});
