import type { DateExample } from "../../data/dates/index.ts";
import { OUTPUT_LENGTH } from "../../data/dates/index.ts";
import { minimize } from "../statistics.ts";
import { type Calibration, type DateReader, type Readings, readAll } from "./reader.ts";

/** The threshold lets this share of the right answers to validation dates through as certain. */
const KEPT = 0.99;
/** Of the certain answers to validation dates, at most this share may be wrong. */
const MOST_WRONG = 1 / 2000;

interface Answer {
  readonly right: boolean;
  readonly confidence: number;
}

interface Part {
  readonly part: readonly DateExample[];
  readonly readings: Readings;
}

/**
 * Chooses temperature and threshold on validation dates: the temperature that makes their answers most likely, and the
 * threshold below which lies one in a hundred of the right answers; above it all if need be to shut out the wrong ones.
 */
export async function calibrate(reader: DateReader, validation: readonly DateExample[]): Promise<Calibration> {
  const read: Part[] = [];
  for await (const part of readAll(reader, validation)) read.push(part);
  const temperature = Math.exp(minimize(likelihood(reader, read), Math.log(0.25), Math.log(4)));
  const answers: Answer[] = [];
  for (const { part, readings } of read) {
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

/** Negative log-likelihood of the answers' characters as a function of the temperature's logarithm. */
function likelihood(reader: DateReader, read: readonly Part[]): (x: number) => number {
  const width = reader.symbols.length;
  /** Each character's logits less the largest of them, and the right symbol's share of these. */
  const gaps: number[] = [];
  const labelGaps: number[] = [];
  for (const { part, readings } of read) {
    for (const [row, { iso }] of part.entries()) {
      for (let i = 0; i < OUTPUT_LENGTH; i++) {
        const at = (row * OUTPUT_LENGTH + i) * width;
        const logits = readings.logits.subarray(at, at + width);
        const largest = Math.max(...logits);
        for (const logit of logits) gaps.push(logit - largest);
        labelGaps.push((logits[reader.symbols.indexOf(iso[i] as string)] as number) - largest);
      }
    }
  }
  return (logTemperature) => {
    const scale = Math.exp(-logTemperature);
    let total = 0;
    for (let i = 0; i < labelGaps.length; i++) {
      let sum = 0;
      for (let k = i * width; k < (i + 1) * width; k++) sum += Math.exp((gaps[k] as number) * scale);
      total += Math.log(sum) - (labelGaps[i] as number) * scale;
    }
    return total;
  };
}
