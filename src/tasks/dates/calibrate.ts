import type { DateExample } from "../../data/dates/index.ts";
import { OUTPUT_LENGTH } from "../../data/dates/index.ts";
import { minimize } from "../statistics.ts";
import { chooseThreshold, type JudgedAnswer } from "../threshold.ts";
import { type Calibration, type DateReader, type Readings, readAll } from "./reader.ts";

interface Part {
  readonly part: readonly DateExample[];
  readonly readings: Readings;
}

/** Chooses temperature and threshold on validation dates: the temperature that makes their answers most likely, and `chooseThreshold`. */
export async function calibrate(reader: DateReader, validation: readonly DateExample[]): Promise<Calibration> {
  const read: Part[] = [];
  for await (const part of readAll(reader, validation)) read.push(part);
  const temperature = Math.exp(minimize(likelihood(reader, read), Math.log(0.25), Math.log(4)));
  const answers: JudgedAnswer[] = [];
  for (const { part, readings } of read) {
    for (const [row, { iso }] of part.entries()) {
      const confidence = Math.exp(reader.logConfidence(readings, row, temperature));
      answers.push({ right: reader.output(readings, row) === iso, confidence });
    }
  }
  return { temperature, threshold: chooseThreshold(answers) };
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
