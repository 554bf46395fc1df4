import { describe, expect, it } from "vitest";
import { ALPHABET, type DateExample, MAX_INPUT, OUTPUT_LENGTH, OUTPUT_SYMBOLS } from "../../data/dates/index.ts";
import { array, type NdArray } from "../../tensor/nd-array.ts";
import { calibrate } from "./calibrate.ts";
import { DateReader, type Readings, readAll } from "./reader.ts";

const ISO = "1987-06-24";
const WIDTH = OUTPUT_SYMBOLS.length;

/** Examples whose text is their number. */
function examples(count: number): DateExample[] {
  const spans = { year: [0, 1], month: [0, 1], day: [0, 1] } as const;
  return Array.from({ length: count }, (_, i) => ({ text: String(i), iso: ISO, format: "none", spans }));
}

/** A reader whose logits for example `i`, character `j` are `score(i, j)` by symbol, −300 for those not named. */
function readerOf(score: (example: number, character: number, label: string) => Record<string, number>): DateReader {
  const run = async ({ text }: Readonly<Record<string, NdArray>>) => {
    const { data, shape } = text as NdArray;
    const rows = shape[0] as number;
    const logits = new Float32Array(rows * OUTPUT_LENGTH * WIDTH).fill(-300);
    for (let row = 0; row < rows; row++) {
      const ids = [...(data as Int32Array).subarray(row * MAX_INPUT, (row + 1) * MAX_INPUT)];
      const number = Number(
        ids
          .map((id) => ALPHABET.symbols[id])
          .join("")
          .replaceAll("<pad>", ""),
      );
      for (let i = 0; i < OUTPUT_LENGTH; i++) {
        for (const [symbol, logit] of Object.entries(score(number, i, ISO[i] as string))) {
          logits[(row * OUTPUT_LENGTH + i) * WIDTH + OUTPUT_SYMBOLS.indexOf(symbol)] = logit;
        }
      }
    }
    const weights = new Float32Array(rows * OUTPUT_LENGTH * MAX_INPUT);
    return {
      logits: array(logits, [rows, OUTPUT_LENGTH, WIDTH]),
      attention: array(weights, [rows, OUTPUT_LENGTH, MAX_INPUT]),
    };
  };
  return new DateReader({ run, release: async () => undefined }, ALPHABET, OUTPUT_SYMBOLS);
}

const another = (label: string) => (label === "9" ? "0" : "9");

/** How likely the right answers are, per character, at a temperature. */
async function logLikelihood(reader: DateReader, count: number, temperature: number): Promise<number> {
  let total = 0;
  for await (const { part, readings } of readAll(reader, examples(count))) {
    for (let i = 0; i < part.length * OUTPUT_LENGTH; i++) {
      const logits = [...readings.logits.subarray(i * WIDTH, (i + 1) * WIDTH)].map((logit) => logit / temperature);
      const label = logits[OUTPUT_SYMBOLS.indexOf(ISO[i % OUTPUT_LENGTH] as string)] as number;
      const largest = Math.max(...logits);
      const sum = logits.reduce((all, logit) => all + Math.exp(logit - largest), 0);
      total += label - largest - Math.log(sum);
    }
  }
  return total;
}

describe("the temperature", () => {
  it.each([3, 1, 0.5])("makes the answers most likely: %f where logits are so much too far apart", async (factor) => {
    // One character in five is wrong, and the model, but for the factor, says so.
    const reader = readerOf((example, character, label) => {
      const [likely, unlikely] = [factor * Math.log(0.8), factor * Math.log(0.2)];
      const isRight = (example * OUTPUT_LENGTH + character) % 5 !== 0;
      return { [label]: isRight ? likely : unlikely, [another(label)]: isRight ? unlikely : likely };
    });
    const { temperature } = await calibrate(reader, examples(300));
    expect(temperature / factor).toBeCloseTo(1, 2);
    const best = await logLikelihood(reader, 300, temperature);
    for (const other of [factor / 1.5, factor * 1.5, ...(factor === 1 ? [] : [1])]) {
      expect(await logLikelihood(reader, 300, other)).toBeLessThan(best);
    }
  });

  it("keeps within a quarter and four", async () => {
    const reader = readerOf((_, __, label) => ({ [label]: 1, [another(label)]: 0 }));
    expect((await calibrate(reader, examples(20))).temperature).toBeCloseTo(0.25, 2);
    const wrong = readerOf((_, __, label) => ({ [label]: 0, [another(label)]: 9 }));
    expect((await calibrate(wrong, examples(20))).temperature).toBeCloseTo(4, 1);
  });
});

/** Answers whose first character is the more certain the higher `sure(i)`, and wrong where `isWrong(i)`. */
async function thresholdFor(count: number, sure: (i: number) => number, isWrong: (i: number) => boolean) {
  const reader = readerOf((example, character, label) => {
    if (character > 0) return { [label]: 0 };
    const chosen = isWrong(example) ? another(label) : label;
    return { [chosen]: sure(example), [chosen === label ? another(label) : label]: 0 };
  });
  const calibration = await calibrate(reader, examples(count));
  const readings: Readings = await reader.read(examples(count).map(({ text }) => text));
  const answers = reader.answers(
    examples(count).map(({ text }) => text),
    readings,
    calibration,
  );
  const certain = answers.filter((answer) => answer.certain);
  return {
    threshold: calibration.threshold,
    certain: certain.length,
    wrong: certain.filter(({ output }) => output !== ISO).length,
    confidences: answers.map(({ confidence }) => confidence),
  };
}

describe("the threshold", () => {
  const rising = (i: number) => 1 + i / 500;

  it("lets 99 in 100 right answers through where none is wrong", async () => {
    const { threshold, certain, confidences } = await thresholdFor(1000, rising, () => false);
    expect(certain).toBe(990);
    expect(threshold).toBe(confidences[10]);
  });

  it("shuts out wrong answers above it", async () => {
    const { threshold, certain, wrong, confidences } = await thresholdFor(1000, rising, (i) => i === 300 || i === 5);
    expect([certain, wrong]).toEqual([699, 0]);
    expect(threshold).toBe(confidences[301]);
  });

  it("bears one wrong answer in two thousand", async () => {
    const few = await thresholdFor(1900, rising, (i) => i === 900);
    expect([few.certain, few.wrong]).toEqual([999, 0]);
    const many = await thresholdFor(2100, rising, (i) => i === 900);
    expect(many.wrong).toBe(1);
    expect(many.certain).toBe(2100 - 20);
  });

  it("lets nothing through where nothing is right", async () => {
    expect(await thresholdFor(50, rising, () => true)).toMatchObject({ threshold: 1, certain: 0 });
  });
});
