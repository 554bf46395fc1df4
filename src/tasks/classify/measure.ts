import type { GroupShare, TestEvent } from "../events.ts";
import { Confusion } from "../metrics/index.ts";
import { share } from "../statistics.ts";
import { chosen, probabilities, type Reading, type TextReader } from "./reader.ts";

/** A text with its right label. */
export interface LabelledPair {
  readonly text: string;
  readonly expected: string;
}

/** Texts that are read at a time. */
export const READ_AT_ONCE = 64;

/** Reads texts, those of like length together; what is found does not depend on their order. */
export async function readPairs(
  reader: TextReader,
  pairs: readonly LabelledPair[],
  signal?: AbortSignal,
): Promise<Reading[]> {
  const encoded = pairs.map(({ text }) => ({ text, ids: reader.encode(text) }));
  const order = [...encoded.keys()].sort(
    (a, b) => (encoded[a]?.ids.length ?? 0) - (encoded[b]?.ids.length ?? 0) || a - b,
  );
  const readings: Reading[] = new Array(pairs.length);
  for (let start = 0; start < order.length; start += READ_AT_ONCE) {
    signal?.throwIfAborted();
    const part = order.slice(start, start + READ_AT_ONCE);
    const found = await reader.readIds(part.map((i) => encoded[i] as (typeof encoded)[number]));
    for (const [row, i] of part.entries()) readings[i] = found[row] as Reading;
  }
  return readings;
}

/** The mean negative log-likelihood of the right labels, in nats; a label that the model does not know has none, and is left out. */
export function lossOf(
  { labels }: Pick<TextReader, "labels">,
  pairs: readonly LabelledPair[],
  { readings, temperature = 1 }: { readings: readonly Reading[]; temperature?: number },
): number {
  let [total, count] = [0, 0];
  for (const [i, { expected }] of pairs.entries()) {
    const place = labels.indexOf(expected);
    if (place < 0) continue;
    total -= Math.log(
      Math.max(Number.MIN_VALUE, probabilities((readings[i] as Reading).logits, temperature)[place] as number),
    );
    count++;
  }
  return total / Math.max(1, count);
}

/** The share of right labels. */
export function accuracyOf(
  { labels }: Pick<TextReader, "labels">,
  pairs: readonly LabelledPair[],
  readings: readonly Reading[],
): number {
  const right = pairs.filter(({ expected }, i) => labels[chosen((readings[i] as Reading).logits)] === expected).length;
  return right / pairs.length;
}

/** Measures labels: overall, and by right label. */
export function testEvent(
  reader: TextReader,
  pairs: readonly LabelledPair[],
  { readings, temperature, rejected = 0 }: { readings: readonly Reading[]; temperature: number; rejected?: number },
): TestEvent {
  const confusion = new Confusion(reader.labels);
  const tallies = new Map<string, { right: number; count: number }>();
  let right = 0;
  for (const [i, { expected }] of pairs.entries()) {
    const found = reader.labels[chosen((readings[i] as Reading).logits)] as string;
    const hit = found === expected ? 1 : 0;
    const tally = tallies.get(expected) ?? { right: 0, count: 0 };
    tallies.set(expected, { right: tally.right + hit, count: tally.count + 1 });
    right += hit;
    confusion.add(found, expected);
  }
  const groups = [...tallies].sort(([a], [b]) => (a < b ? -1 : 1));
  const loss = lossOf(reader, pairs, { readings, temperature });
  return {
    type: "test",
    overall: share("all", right, pairs.length + rejected),
    groups: groups.map(([name, tally]): GroupShare => share(name, tally.right, tally.count)),
    groupedBy: "label",
    metrics: { accuracy: right / (pairs.length + rejected), macroF1: confusion.macroF1(), loss },
    ...(rejected > 0 ? { rejected } : {}),
  };
}
