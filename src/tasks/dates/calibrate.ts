import type { DateExample } from "../../data/dates/index.ts";
import { OUTPUT_LENGTH } from "../../data/dates/index.ts";
import { minimize } from "../statistics.ts";
import { type Calibration, type DateReader, readAll } from "./reader.ts";

/** The threshold lets this share of the right answers to validation dates through as certain. */
const KEPT = 0.99;
/** Of the certain answers to validation dates, at most this share may be wrong. */
const MOST_WRONG = 1 / 2000;

interface Answer {
  readonly right: boolean;
  readonly confidence: number;
}

/**
 * Chooses temperature and threshold on validation dates: the temperature that makes their answers most likely, and the
 * threshold below which lies one in a hundred of the right answers; above it all if need be to shut out the wrong ones.
 */
export async function calibrate(reader: DateReader, validation: readonly DateExample[]): Promise<Calibration> {
  const temperature = Math.exp(minimize(await likelihood(reader, validation), Math.log(0.25), Math.log(4)));
  const answers: Answer[] = [];
  for await (const { part, readings } of readAll(reader, validation)) {
    for (const [row, { iso }] of part.entries()) {
      const confidence = Math.exp(reader.logConfidence(readings, row, temperature));
      answers.push({ right: reader.output(readings, row) === iso, confidence });
    }
  }
  const right = answers.filter((answer) => answer.right).map(({ confidence }) => confidence);
  right.sort((a, b) => a - b);
  const kept = right[Math.floor(right.length * (1 - KEPT))] ?? 1;
  return { temperature, threshold: shutOut(answers, kept) };
}

/** The least threshold from `low` on above which at most one answer in 2,000 is wrong. */
function shutOut(answers: readonly Answer[], low: number): number {
  const wrong = answers
    .filter(({ right, confidence }) => !right && confidence >= low)
    .map(({ confidence }) => confidence);
  wrong.sort((a, b) => a - b);
  let threshold = low;
  while (wrong.length > MOST_WRONG * answers.filter(({ confidence }) => confidence >= threshold).length) {
    const lowest = wrong.shift() as number;
    threshold = Math.min(...answers.map(({ confidence }) => confidence).filter((confidence) => confidence > lowest), 1);
  }
  return threshold;
}

/** Negative log-likelihood of the answers as a function of the temperature's logarithm. */
async function likelihood(reader: DateReader, examples: readonly DateExample[]): Promise<(x: number) => number> {
  const width = reader.symbols.length;
  const rows: { logits: Float32Array; label: number }[] = [];
  for await (const { part, readings } of readAll(reader, examples)) {
    for (const [row, { iso }] of part.entries()) {
      for (let i = 0; i < OUTPUT_LENGTH; i++) {
        const at = (row * OUTPUT_LENGTH + i) * width;
        rows.push({
          logits: readings.logits.subarray(at, at + width),
          label: reader.symbols.indexOf(iso[i] as string),
        });
      }
    }
  }
  return (logTemperature) => {
    const temperature = Math.exp(logTemperature);
    return rows.reduce((total, { logits, label }) => {
      const largest = Math.max(...logits);
      const sum = logits.reduce((all, logit) => all + Math.exp((logit - largest) / temperature), 0);
      return total + Math.log(sum) - ((logits[label] as number) - largest) / temperature;
    }, 0);
  };
}
