import type { DecodeOptions } from "../decoding/index.ts";
import { bleu, chrf, exactMatch, perplexity, rouge } from "../metrics/index.ts";
import type { Measures } from "../recipe.ts";
import type { Trust } from "./explain.ts";
import type { SequenceMeasure } from "./task.ts";
import type { SequenceWriter, Written } from "./writer.ts";

/** A text with the answer that is right. */
export interface Pair {
  readonly text: string;
  readonly expected: string;
}

/** What a model makes of pairs. */
export interface Measured {
  /** Of each pair, in order. */
  readonly answers: readonly Written[];
  /** None of no pairs. `loss` is the mean negative log-likelihood of a token of the right answers, in nats; shares are from 0 to 1, BLEU and chrF from 0 to 100. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** Texts that are read at a time. */
export const READ_AT_ONCE = 64;

/** Writes answers to pairs and measures them. Texts of like length are read together: the order of the pairs changes nothing. */
export async function measurePairs(
  writer: SequenceWriter,
  pairs: readonly Pair[],
  { measure, ...options }: Partial<DecodeOptions> & { measure: SequenceMeasure },
): Promise<Measured> {
  const order = [...pairs.keys()].sort((a, b) => lengthOf(pairs[a]) - lengthOf(pairs[b]) || a - b);
  const answers: Written[] = new Array(pairs.length);
  let [negative, tokens] = [0, 0];
  for (let start = 0; start < order.length; start += READ_AT_ONCE) {
    options.signal?.throwIfAborted();
    const part = order.slice(start, start + READ_AT_ONCE);
    const texts = part.map((i) => pairs[i] as Pair);
    const written = await writer.write(
      texts.map(({ text }) => text),
      options,
    );
    for (const [row, i] of part.entries()) answers[i] = written[row] as Written;
    for (const { logProbabilities } of await writer.score(texts)) {
      for (const value of logProbabilities) negative -= value;
      tokens += logProbabilities.length;
    }
  }
  const outputs = answers.map(({ output }) => output);
  const expected = pairs.map((pair) => pair.expected);
  const likelihood: Record<string, number> =
    tokens === 0 ? {} : { loss: negative / tokens, perplexity: perplexity(negative, tokens) };
  return { answers, metrics: { ...metricsOf(measure, outputs, expected), ...likelihood } };
}

/** What is measured of answers alone; nothing of none. */
export function metricsOf(
  measure: SequenceMeasure,
  outputs: readonly string[],
  expected: readonly string[],
): Record<string, number> {
  return outputs.length === 0 ? {} : METRICS[measure](outputs, expected);
}

const exact = (outputs: readonly string[], expected: readonly string[]) => ({
  exactMatch: exactMatch(outputs, expected).share,
});

const METRICS: Readonly<
  Record<SequenceMeasure, (outputs: readonly string[], expected: readonly string[]) => Record<string, number>>
> = {
  exactMatch: exact,
  bleu: (outputs, expected) => ({
    bleu: bleu(outputs, expected).score,
    bleuTokenized: bleu(outputs, expected, { tokenize: "none" }).score,
    chrf: chrf(outputs, expected).score,
  }),
  rougeL: (outputs, expected) => {
    const { rouge1, rouge2, rougeL } = rouge(outputs, expected, { tokenize: "unicode" });
    return { rouge1: rouge1.f, rouge2: rouge2.f, rougeL: rougeL.f };
  },
  perplexity: (outputs, expected) => ({ ...exact(outputs, expected), bleu: bleu(outputs, expected).score }),
};

/** What is measured, and the most that each can be. */
export function measuresOf(measure: SequenceMeasure, { threshold }: Trust): Measures {
  const certainty: Measures = threshold === undefined ? {} : { certainShare: 1, certainRight: 1 };
  return {
    exactMatch: 1,
    ...MOST[measure],
    loss: Number.POSITIVE_INFINITY,
    perplexity: Number.POSITIVE_INFINITY,
    ...certainty,
  };
}

const MOST: Readonly<Record<SequenceMeasure, Measures>> = {
  exactMatch: {},
  bleu: { bleu: 100, bleuTokenized: 100, chrf: 100 },
  rougeL: { rouge1: 1, rouge2: 1, rougeL: 1 },
  perplexity: { bleu: 100 },
};

/** What validations are compared by: the greater, the better. Where two are alike in what is asked for, the likelier counts. */
export function scoreOf(measure: SequenceMeasure, metrics: Readonly<Record<string, number>>): number {
  const loss = metrics.loss as number;
  if (measure === "perplexity") return -loss;
  return (metrics[measure] as number) - Math.min(loss, 1) / 1e6;
}

function lengthOf(pair: Pair | undefined): number {
  return pair?.text.length ?? 0;
}
