import { type Alphabet, encodeText, MAX_INPUT } from "../../data/dates/index.ts";
import { DataError } from "../../tensor/errors.ts";
import type { ProbeEvent } from "../events.ts";
import { explanations } from "./explain.ts";
import type { Calibration, DateReader } from "./reader.ts";

/** How far to trust a model that is still learning: not at all. */
const UNCALIBRATED: Calibration = { temperature: 1, threshold: Number.POSITIVE_INFINITY };

/** @throws DataError for a probe that the model cannot take */
export function checkProbes(probes: readonly string[], alphabet: Alphabet): void {
  for (const probe of probes) {
    try {
      encodeText(probe, new Int32Array(MAX_INPUT), { alphabet });
    } catch (error) {
      const found = `${JSON.stringify(probe)}, of which it says: ${(error as Error).message}`;
      throw new DataError(`train: expected probes that the model can take but found ${found}`);
    }
  }
}

/** What the model makes of the probes at a step; nothing where there are none. */
export async function probe(reader: DateReader, probes: readonly string[], step: number): Promise<ProbeEvent[]> {
  if (probes.length === 0) return [];
  const readings = await reader.read(probes);
  return [{ type: "probe", step, explanations: explanations(reader, probes, { readings, calibration: UNCALIBRATED }) }];
}
