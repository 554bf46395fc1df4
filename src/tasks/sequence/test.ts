import type { DecodeOptions } from "../decoding/index.ts";
import type { GroupShare, TestEvent } from "../events.ts";
import { bleuMetric, Corpus } from "../metrics/index.ts";
import { share } from "../statistics.ts";
import { predictionOf, type Trust } from "./explain.ts";
import { type Measured, measurePairs, type Pair } from "./measure.ts";
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
  const taken = pairs.filter(({ text }) => isTaken(text));
  const measured = await measurePairs(writer, taken, { ...decoding, measure });
  const right = (of: readonly number[]) => of.filter((i) => measured.answers[i]?.output === taken[i]?.expected).length;
  const all = [...taken.keys()];
  const groups = quarters(writer, taken).map(({ name, places }): GroupShare => {
    const parts = share(name, right(places), places.length);
    return measure === "bleu" ? { ...parts, metrics: { bleu: bleuOf(measured, taken, places).score().score } } : parts;
  });
  const intervals: Record<string, readonly [number, number]> = {};
  if (measure === "bleu" && taken.length > 0) {
    const { low, high } = bleuOf(measured, taken, all).interval();
    intervals.bleu = [low, high];
  }
  const event: TestEvent = {
    type: "test",
    overall: share("all", right(all), pairs.length),
    groups,
    groupedBy: "length",
    metrics: { ...measured.metrics, ...certainty(measured, taken, trust) },
    ...(Object.keys(intervals).length > 0 ? { intervals } : {}),
    ...(taken.length < pairs.length ? { rejected: pairs.length - taken.length } : {}),
  };
  return { event, measured, taken };
}

function bleuOf({ answers }: Measured, pairs: readonly Pair[], places: readonly number[]) {
  const corpus = new Corpus(bleuMetric());
  for (const i of places) corpus.add(answers[i]?.output as string, pairs[i]?.expected as string);
  return corpus;
}

function certainty({ answers }: Measured, pairs: readonly Pair[], trust: Trust): Record<string, number> {
  if (trust.threshold === undefined) return {};
  const certain = answers.flatMap((answer, i) => (predictionOf(answer, trust).certain ? [i] : []));
  const right = certain.filter((i) => answers[i]?.output === pairs[i]?.expected).length;
  return {
    certainShare: pairs.length === 0 ? 0 : certain.length / pairs.length,
    certainRight: certain.length === 0 ? 0 : right / certain.length,
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
