import type { Explanation } from "../tasks/events.ts";
import { DATE_MAP } from "./date-map.fixture.ts";

/** What a date normaliser makes of a text: its map, and candidates with the first of them written. */
export const DATE_EXPLANATION: Explanation = {
  prediction: {
    text: DATE_MAP.columns.join(""),
    output: DATE_MAP.rows.join(""),
    confidence: 0.9687,
    certain: true,
    valid: true,
  },
  map: DATE_MAP,
  candidates: DATE_MAP.rows.map((token, row) => [
    { token, probability: 1 - 0.02 * (row + 1) },
    { token: token === "7" ? "1" : "7", probability: 0.015 * (row + 1) },
    { token: " ", probability: 0.005 * (row + 1) },
  ]),
};
