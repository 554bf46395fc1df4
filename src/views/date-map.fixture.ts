import type { AttentionMap } from "./attention-map.ts";

const INPUT = [..."the 29th of August 1958"];
const OUTPUT = [..."1958-08-29"];

/** Where each output character looks: places of the input and their weights in percent; the rest is spread evenly. */
const PEAKS: readonly (readonly (readonly [place: number, percent: number])[])[] = [
  [
    [19, 72],
    [20, 12],
    [18, 5],
  ],
  [
    [20, 81],
    [19, 9],
  ],
  [
    [21, 88],
    [20, 5],
  ],
  [
    [22, 93],
    [21, 5],
  ],
  [
    [18, 36],
    [11, 22],
    [22, 18],
    [12, 12],
  ],
  [
    [12, 46],
    [13, 22],
    [14, 11],
    [11, 10],
  ],
  [
    [12, 50],
    [13, 25],
    [14, 13],
  ],
  [
    [4, 31],
    [8, 25],
    [11, 18],
    [5, 12],
  ],
  [
    [4, 86],
    [5, 6],
  ],
  [
    [5, 89],
    [6, 4],
  ],
];

/** A plausible map of the date normaliser; each row sums to 1. */
export const DATE_MAP: AttentionMap = {
  title: "the 29th of August 1958 → 1958-08-29",
  rows: OUTPUT,
  columns: INPUT,
  weights: PEAKS.flatMap((peaks) => {
    const rest = (1 - peaks.reduce((total, [, percent]) => total + percent / 100, 0)) / INPUT.length;
    return INPUT.map((_, place) => rest + (peaks.find(([at]) => at === place)?.[1] ?? 0) / 100);
  }),
};
