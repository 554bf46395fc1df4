import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestEvent } from "../events.ts";
import type { Pair } from "./measure.ts";
import { TEXTS, untrained, writerOf } from "./models.fixture.ts";
import type { SequenceMeasure } from "./task.ts";
import { testPairs } from "./test.ts";
import type { SequenceWriter } from "./writer.ts";

let writer: SequenceWriter;
beforeAll(async () => {
  writer = await writerOf(untrained({ sourceLen: 40 }));
});
afterAll(() => writer.release());

interface Asked {
  readonly measure?: SequenceMeasure;
  readonly threshold?: number;
  readonly isTaken?: (text: string) => boolean;
}

async function tested(pairs: readonly Pair[], asked: Asked = {}): Promise<TestEvent> {
  const { measure = "exactMatch", threshold, isTaken = () => true } = asked;
  const trust = threshold === undefined ? {} : { threshold };
  return (await testPairs(writer, pairs, { measure, decoding: {}, trust, isTaken })).event;
}

const ofLengths = (...lengths: readonly number[]): Pair[] =>
  lengths.map((length) => ({ text: "a".repeat(length), expected: "x" }));

describe("the groups of a test", () => {
  test.each<[readonly number[], readonly (readonly [string, number])[]]>([
    [
      [1, 2, 3, 4, 5, 6, 7, 8],
      [
        ["1–2 tokens", 2],
        ["3–4 tokens", 2],
        ["5–6 tokens", 2],
        ["7–8 tokens", 2],
      ],
    ],
    [
      [9, 3, 3, 3, 12, 3, 30],
      [
        ["3 tokens", 4],
        ["9–12 tokens", 2],
        ["30 tokens", 1],
      ],
    ],
    [[4, 4, 4], [["4 tokens", 3]]],
    [[7], [["7 tokens", 1]]],
  ])("are quarters by length: of %j", async (lengths, expected) => {
    const { groups } = await tested(ofLengths(...lengths));
    expect(groups.map(({ name, count }) => [name, count])).toEqual(expected);
  });
});

describe("texts that the model does not take", () => {
  const measures: readonly SequenceMeasure[] = ["exactMatch", "bleu", "rougeL", "perplexity"];
  let pairs: readonly Pair[];
  beforeAll(async () => {
    const answers = await writer.write(TEXTS);
    pairs = answers.map(({ text, output }) => ({ text, expected: output }));
  });

  test.each(measures)("are answered wrongly, also as %s counts", async (measure) => {
    const whole = await tested(pairs, { measure });
    const halved = await tested(pairs, { measure, isTaken: (text) => text !== TEXTS[0] && text !== TEXTS[1] });
    expect(whole.overall.share).toBe(1);
    expect(halved.overall).toMatchObject({ count: TEXTS.length, right: TEXTS.length - 2 });
    expect(halved.rejected).toBe(2);
    if ("exactMatch" in whole.metrics) expect(halved.metrics.exactMatch).toBeCloseTo(halved.overall.share, 12);
    const name = { exactMatch: "exactMatch", bleu: "chrf", rougeL: "rougeL", perplexity: "exactMatch" }[measure];
    expect(halved.metrics[name]).toBeLessThan(whole.metrics[name] as number);
    if (measure === "bleu") expect(halved.intervals?.bleu?.[1]).toBeLessThanOrEqual(100);
  });

  test.each(measures)("may be all of them, as %s counts", async (measure) => {
    const event = await tested(pairs, { measure, threshold: 0.5, isTaken: () => false });
    expect(event).toMatchObject({ overall: { count: TEXTS.length, right: 0 }, groups: [], rejected: TEXTS.length });
    expect(event.metrics).not.toHaveProperty("loss");
    for (const [name, value] of Object.entries(event.metrics)) expect([name, value]).toEqual([name, 0]);
  });
});

test("what is certain is counted among all, and what is right among the certain", async () => {
  const answers = await writer.write(TEXTS);
  const confidences = answers.map(({ logProbabilities }) => Math.exp(logProbabilities.reduce((a, b) => a + b, 0)));
  const threshold = confidences.toSorted((a, b) => b - a)[5] as number;
  const pairs = answers.map(({ text, output }, i) => {
    const isCertain = (confidences[i] as number) >= threshold;
    return { text, expected: isCertain && i % 2 === 0 ? output : "no" };
  });
  const certain = answers.filter((_, i) => (confidences[i] as number) >= threshold * 0.999);
  const right = pairs.filter(({ expected }) => expected !== "no").length;
  const { metrics } = await tested(pairs, { threshold: threshold * 0.999 });
  expect(metrics.certainShare).toBeCloseTo(certain.length / TEXTS.length, 12);
  expect(metrics.certainRight).toBeCloseTo(right / certain.length, 12);
});
