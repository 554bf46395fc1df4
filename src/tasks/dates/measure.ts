import {
  DATE_FORMATS,
  type DateExample,
  MAX_INPUT,
  NONSENSE_KINDS,
  nonsenseExample,
  OUTPUT_LENGTH,
} from "../../data/dates/index.ts";
import type { TestEvent } from "../events.ts";
import type { Measures, OpenModel } from "../recipe.ts";
import { share } from "../statistics.ts";
import { type Calibration, type DateReader, type Readings, readAll } from "./reader.ts";

type Field = "year" | "month" | "day";

/** Which output characters write a field. */
const WRITTEN: Readonly<Record<Field, readonly number[]>> = { year: [0, 1, 2, 3], month: [5, 6], day: [8, 9] };
const FIELDS = Object.keys(WRITTEN) as readonly Field[];

interface Tally {
  count: number;
  right: number;
  readonly focus: Record<Field, number>;
}

const newTally = (): Tally => ({ count: 0, right: 0, focus: { year: 0, month: 0, day: 0 } });

export interface MeasureOptions {
  readonly calibration: Calibration;
  /** Aborting ends the measurement with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Measures answers to dates with known answers: exact match overall and by format, how far `certain` is to be trusted, and
 * how much of the attention lies on the field that is being written. */
export async function measureDates(
  reader: DateReader,
  examples: readonly DateExample[],
  { calibration, signal }: MeasureOptions,
): Promise<TestEvent> {
  const tallies = new Map(DATE_FORMATS.map(({ name }) => [name, newTally()]));
  const certain = { count: 0, right: 0 };
  let right = 0;
  for await (const { part, readings } of readAll(reader, examples, signal)) {
    const answers = reader.answers(
      part.map(({ text }) => text),
      readings,
      calibration,
    );
    for (const [row, example] of part.entries()) {
      const tally = tallies.get(example.format) ?? newTally();
      tallies.set(example.format, tally);
      const hit = answers[row]?.output === example.iso ? 1 : 0;
      right += hit;
      tally.count++;
      tally.right += hit;
      if (answers[row]?.certain) {
        certain.count++;
        certain.right += hit;
      }
      for (const field of FIELDS) tally.focus[field] += focusOn(readings, row, field, example);
    }
  }
  const seen = [...tallies].filter(([, tally]) => tally.count > 0);
  const mean = (field: Field) => seen.reduce((sum, [, tally]) => sum + tally.focus[field], 0) / examples.length;
  return {
    type: "test",
    overall: share("all formats", right, examples.length),
    groups: seen.map(([name, tally]) => share(name, tally.right, tally.count)),
    metrics: {
      certainShare: certain.count / examples.length,
      certainRight: certain.count === 0 ? 0 : certain.right / certain.count,
      focusYear: mean("year"),
      focusMonth: mean("month"),
      focusDay: mean("day"),
    },
    focus: seen.map(([name, { focus, count }]) => ({
      name,
      shares: Object.fromEntries(FIELDS.map((field) => [field, focus[field] / count])),
    })),
  };
}

/** The share of attention on the field's own characters, over the characters that write it. */
function focusOn({ weights }: Readings, row: number, field: Field, { spans }: DateExample): number {
  const [start, end] = spans[field];
  let total = 0;
  for (const step of WRITTEN[field]) {
    const at = (row * OUTPUT_LENGTH + step) * MAX_INPUT;
    for (let i = start; i < end; i++) total += weights[at + i] as number;
  }
  return total / WRITTEN[field].length;
}

const METRIC = {
  "random-text": "doubtfulRandomText",
  "foreign-date": "doubtfulForeignDate",
  "impossible-date": "doubtfulImpossibleDate",
  "distant-year": "doubtfulDistantYear",
} as const;

const shares = (...names: readonly string[]): Measures => Object.fromEntries(names.map((name) => [name, 1]));

const OF_PAIRS = shares("certainShare", "certainRight");

/** What is measured of a date reader: shares of one, all of them. */
export const DATE_MEASURES: Required<OpenModel>["measures"] = {
  own: {
    ...OF_PAIRS,
    ...shares("focusYear", "focusMonth", "focusDay"),
    ...shares("doubtfulNonsense", ...Object.values(METRIC)),
  },
  pairs: OF_PAIRS,
};

/** Of inputs that have no answer, in languages and phrases that training never saw, the share that is marked doubtful: together and by kind. */
export async function measureNonsense(
  reader: DateReader,
  { calibration, signal, count, seed }: MeasureOptions & { count: number; seed: number },
): Promise<Record<string, number>> {
  const metrics: Record<string, number> = {};
  let doubtful = 0;
  for (const kind of NONSENSE_KINDS) {
    const examples = Array.from({ length: count }, (_, index) =>
      nonsenseExample({ seed, index, kind, isHeldOut: true }),
    );
    let found = 0;
    for await (const { part, readings } of readAll(reader, examples, signal)) {
      const texts = part.map(({ text }) => text);
      found += reader.answers(texts, readings, calibration).filter(({ certain }) => !certain).length;
    }
    metrics[METRIC[kind]] = found / count;
    doubtful += found;
  }
  return { doubtfulNonsense: doubtful / count / NONSENSE_KINDS.length, ...metrics };
}
