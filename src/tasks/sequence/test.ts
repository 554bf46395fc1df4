import type { DecodeOptions } from "../decoding/index.ts";
import type { GroupShare, TestEvent } from "../events.ts";
import { type BleuScore, bleuMetric, Corpus } from "../metrics/index.ts";
import { share } from "../statistics.ts";
import { predictionOf, type Trust } from "./explain.ts";
import { type Measured, measurePairs, metricsOf, type Pair } from "./measure.ts";
import type { SequenceMeasure } from "./task.ts";
import type { SequenceWriter } from "./writer.ts";

export interface TestOptions {
  readonly measure: SequenceMeasure;
  readonly decoding: Partial<DecodeOptions>;
  readonly trust: Trust;
  /** Whether a text is one that the model takes; others count as answered wrongly. */
  readonly isTaken: (text: string) => boolean;
}

/** Measures answers to pairs: overall, and by quarter of the inputs' length. */
export async function testPairs(
  writer: SequenceWriter,
  pairs: readonly Pair[],
  { measure, decoding, trust, isTaken }: TestOptions,
): Promise<{ event: TestEvent; measured: Measured; taken: readonly Pair[] }> {
  const isIn = pairs.map(({ text }) => isTaken(text));
  const taken = pairs.filter((_, i) => isIn[i]);
  const measured = await measurePairs(writer, taken, { ...decoding, measure });
  const answered: AnsweredPair[] = taken.map(({ expected }, i) => ({
    output: measured.answers[i]?.output as string,
    expected,
  }));
  const groups = quarters(writer, taken).map(({ name, places }): GroupShare => {
    const own = places.map((i) => answered[i] as AnsweredPair);
    const parts = share(name, rightOf(own), places.length);
    return measure === "bleu" ? { ...parts, metrics: { bleu: bleuOf(own).score().score } } : parts;
  });
  // A text that is not taken has an answer, too: none, which is as wrong as an answer can be.
  let next = 0;
  const all = pairs.map(({ expected }, i) => (isIn[i] ? (answered[next++] as AnsweredPair) : { output: "", expected }));
  const outputs = all.map(({ output }) => output);
  const expected = all.map((pair) => pair.expected);
  const intervals: Record<string, readonly [number, number]> = {};
  if (measure === "bleu") {
    const { low, high } = bleuOf(all).interval();
    intervals.bleu = [low, high];
  }
  const overall = share("all", rightOf(answered), pairs.length);
  const ofAnswers = metricsOf(measure, outputs, expected);
  const metrics = {
    ...measured.metrics,
    ...ofAnswers,
    // The right answer to a text that is not taken may be none, too.
    ...("exactMatch" in ofAnswers ? { exactMatch: overall.share } : {}),
    ...certainty(measured, answered, { trust, count: pairs.length }),
  };
  const event: TestEvent = {
    type: "test",
    overall,
    groups,
    groupedBy: "length",
    metrics,
    ...(Object.keys(intervals).length > 0 ? { intervals } : {}),
    ...(taken.length < pairs.length ? { rejected: pairs.length - taken.length } : {}),
  };
  return { event, measured, taken };
}

interface AnsweredPair {
  readonly output: string;
  readonly expected: string;
}

function rightOf(pairs: readonly AnsweredPair[]): number {
  return pairs.filter(({ output, expected }) => output === expected).length;
}

function bleuOf(pairs: readonly AnsweredPair[]): Corpus<BleuScore> {
  const corpus = new Corpus(bleuMetric());
  for (const { output, expected } of pairs) corpus.add(output, expected);
  return corpus;
}

function certainty(
  { answers }: Measured,
  pairs: readonly AnsweredPair[],
  { trust, count }: { trust: Trust; count: number },
): Record<string, number> {
  if (trust.threshold === undefined) return {};
  const certain = pairs.filter((_, i) => predictionOf(answers[i] as Measured["answers"][number], trust).certain);
  return {
    certainShare: count === 0 ? 0 : certain.length / count,
    certainRight: certain.length === 0 ? 0 : rightOf(certain) / certain.length,
  };
}

/** Places of the pairs in four groups of like size, by how many tokens their texts have; groups that would be alike are one. */
function quarters(writer: SequenceWriter, pairs: readonly Pair[]): { name: string; places: number[] }[] {
  const lengths = pairs.map(({ text }) => writer.encode(text).length - 1);
  const sorted = lengths.toSorted((a, b) => a - b);
  const bounds = [1, 2, 3, 4].map((quarter) => sorted[Math.ceil((quarter * sorted.length) / 4) - 1] as number);
  return [...new Set(bounds)].flatMap((bound, i, all) => {
    const above = i === 0 ? 0 : (all[i - 1] as number);
    const places = [...lengths.keys()].filter((at) => {
      const length = lengths[at] as number;
      return length > above && length <= bound;
    });
    const from = Math.min(...places.map((at) => lengths[at] as number));
    return places.length === 0
      ? []
      : [{ name: from === bound ? `${bound} tokens` : `${from}–${bound} tokens`, places }];
  });
}
