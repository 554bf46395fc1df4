import { MAX_INPUT } from "../../data/dates/index.ts";
import type { AttentionMap, Explanation, Prediction } from "../events.ts";
import type { Calibration, DateReader, Readings } from "./reader.ts";

/** Where the network looked for one text: rows are the characters written, columns the characters read. */
export function attentionMap(
  reader: DateReader,
  texts: readonly string[],
  readings: Readings,
  row: number,
): AttentionMap {
  const text = texts[row] as string;
  const output = reader.output(readings, row);
  const columns = [...text];
  const weights = [...output].flatMap((_, step) => {
    const at = (row * output.length + step) * MAX_INPUT;
    return [...readings.weights.subarray(at, at + columns.length)];
  });
  return { title: `${text} → ${output}`, rows: [...output], columns, weights };
}

/** The answers to texts that were read, each with where the network looked and what else it might have written. */
export function explanations(
  reader: DateReader,
  texts: readonly string[],
  { readings, calibration }: { readings: Readings; calibration: Calibration },
): Explanation[] {
  const predictions = reader.answers(texts, readings, calibration);
  return predictions.map((prediction: Prediction, row) => ({
    prediction,
    map: attentionMap(reader, texts, readings, row),
    candidates: reader.candidates(readings, row, calibration.temperature),
  }));
}
