import type { AttentionMap, Candidate, Explanation, Prediction } from "../events.ts";
import { NEVER_WRITTEN } from "./change.ts";
import type { SequenceWriter, StepReading, Written } from "./writer.ts";

/** So many candidates are shown of each token. */
const SHOWN = 5;

/** How far an answer is to be trusted. */
export interface Trust {
  /** Answers of at least this probability are certain; undefined: whether an answer is right cannot be said. */
  readonly threshold?: number | undefined;
}

/** An answer with its confidence: the product of its tokens' probabilities. */
export function predictionOf({ text, output, logProbabilities }: Written, { threshold }: Trust): Prediction {
  const confidence = Math.exp(logProbabilities.reduce((sum, value) => sum + value, 0));
  return { text, output, confidence, ...(threshold === undefined ? {} : { certain: confidence >= threshold }) };
}

/** Where a model looked as it wrote an answer: rows are the tokens written, columns those read. */
export function mapOf(
  writer: Pick<SequenceWriter, "source" | "target" | "encode">,
  { text, output }: Pick<Written, "text" | "output">,
  steps: readonly Pick<StepReading, "token" | "attention">[],
): AttentionMap {
  const { source, target } = writer;
  const columns = source.tokens(writer.encode(text));
  const rows = target.tokens(steps.map(({ token }) => token));
  const weights = steps.flatMap(({ attention }) => {
    return attention ? [...attention.subarray(0, columns.length)] : new Array<number>(columns.length).fill(0);
  });
  return { title: `${text} → ${output}`, rows, columns, weights };
}

/** The answer with where the model looked and what else it might have written. */
export function explanationOf(
  writer: Pick<SequenceWriter, "source" | "target" | "encode">,
  written: Written,
  readings: readonly StepReading[],
  trust: Trust = {},
): Explanation {
  return {
    prediction: predictionOf(written, trust),
    map: mapOf(writer, written, readings),
    candidates: readings.map(({ logits }) => candidatesOf(writer, logits)),
  };
}

function candidatesOf({ target }: Pick<SequenceWriter, "target">, logits: Float32Array): Candidate[] {
  const largest = logits.reduce((most, logit) => Math.max(most, logit));
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  const order = [...logits.keys()]
    .filter((id) => !NEVER_WRITTEN.includes(id))
    .sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
  return order.slice(0, SHOWN).map((id) => ({
    token: target.tokens([id])[0] as string,
    probability: Math.exp((logits[id] as number) - largest) / sum,
  }));
}
