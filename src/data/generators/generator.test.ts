import { expect, test } from "vitest";
import { Rng } from "../../tensor/random.ts";
import type { Split } from "../dates/splits.ts";
import { generatorOf } from "./generator.ts";
import { distinctExamples, type Form, GENERATORS, splitOf } from "./index.ts";

const inOrder = (characters: ReadonlySet<string>) =>
  [...characters].sort((a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number)).join("");

test("names differ, and so do those of the forms of each", () => {
  const names = GENERATORS.map(({ name }) => name);
  expect(names).toEqual(["times", "amounts", "foreign-dates", "questions"]);
  for (const { forms } of GENERATORS) expect(new Set(forms.map(({ name }) => name)).size).toBe(forms.length);
});

test.each(GENERATORS)("an example of $name depends on seed, split and index only", (generator) => {
  const indices = Array.from({ length: 200 }, (_, index) => index);
  for (const split of [undefined, "train", "test"] as const) {
    const draw = (seed: number) => (index: number) =>
      generator.example({ seed, index, ...(split === undefined ? {} : { split }) });
    const forwards = indices.map(draw(7));
    expect(indices.toReversed().map(draw(7)).toReversed()).toEqual(forwards);
    expect(indices.map(draw(8))).not.toEqual(forwards);
    if (split !== undefined) expect(new Set(forwards.map(({ source }) => splitOf(source)))).toEqual(new Set([split]));
  }
  // What belongs to a split without asking is what comes with asking.
  for (const index of indices) {
    const free = generator.example({ seed: 7, index });
    expect(generator.example({ seed: 7, index, split: splitOf(free.source) })).toEqual(free);
  }
});

test.each(GENERATORS)("the alphabet of $name is what occurs, and its texts are fit for a line", (generator) => {
  const source = new Set<string>();
  const target = new Set<string>();
  const unfit: unknown[] = [];
  for (let index = 0; index < 30_000; index++) {
    const example = generator.example({ seed: 2, index });
    for (const character of example.source) source.add(character);
    for (const character of example.target) target.add(character);
    const texts = [example.source, example.target];
    if (texts.some((text) => text === "" || text !== text.trim() || text !== text.normalize("NFC")))
      unfit.push(example);
    if (texts.some((text) => text.includes("  ") || text.length > 90)) unfit.push(example);
  }
  expect({ source: inOrder(source), target: inOrder(target) }).toEqual(generator.alphabet);
  expect(unfit).toEqual([]);
});

/** A form's texts with letters and figures made alike. */
const shapesOf = (form: Form, count: number) => {
  const rng = new Rng(4, "shapes");
  return new Set(Array.from({ length: count }, (_, index) => form.draw(rng.at(index)).source));
};

test.each(GENERATORS)("each form of $name draws its example's like, in many texts", ({ forms }) => {
  for (const form of forms) expect(shapesOf(form, 1000).size, form.name).toBeGreaterThan(100);
});

test.each(GENERATORS)("every form of $name is drawn as often as its share says", (generator) => {
  const named = generatorOf({
    ...generator,
    forms: generator.forms.map((form) => ({ ...form, draw: (rng) => ({ ...form.draw(rng), group: form.name }) })),
  });
  const total = generator.forms.reduce((sum, { share }) => sum + share, 0);
  const counts = new Map<string, number>();
  for (let index = 0; index < 10_000; index++) {
    const { group = "", ...example } = named.example({ seed: 1, index });
    if (index < 100) expect(example).toEqual(generator.example({ seed: 1, index }));
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  for (const { name, share } of generator.forms) {
    expect(Math.abs((counts.get(name) ?? 0) / 10_000 - share / total), name).toBeLessThan(0.015);
  }
});

test("so much of what is drawn is new", () => {
  const shares = GENERATORS.map((generator) => {
    const texts = Array.from({ length: 10_000 }, (_, index) => generator.example({ seed: 1, index }).source);
    return [generator.name, Math.round((new Set(texts).size / texts.length) * 100)];
  });
  expect(Object.fromEntries(shares)).toEqual({ times: 82, amounts: 82, "foreign-dates": 100, questions: 92 });
});

test("the same text never has two answers", () => {
  for (const generator of GENERATORS) {
    const answers = new Map<string, string>();
    const doubtful: string[] = [];
    for (let index = 0; index < 40_000; index++) {
      const { source, target } = generator.example({ seed: 6, index });
      const text = source.toLowerCase();
      if ((answers.get(text) ?? target) !== target) doubtful.push(source);
      answers.set(text, target);
    }
    expect(doubtful, generator.name).toEqual([]);
    expect(answers.size).toBeGreaterThan(20_000);
  }
});

test("distinct examples are those of the indices, without what was there before", () => {
  const [times] = GENERATORS as [(typeof GENERATORS)[number]];
  const seen = new Set<string>();
  const expected = Array.from({ length: 3000 }, (_, index) => times.example({ seed: 5, index, split: "test" })).filter(
    ({ source }) => !seen.has(source) && seen.add(source),
  );
  expect(expected.length).toBeLessThan(3000);
  expect([...distinctExamples(times, { seed: 5, split: "test", count: expected.length })]).toEqual(expected);
});

test("distinct examples end where there are no more", () => {
  const few = {
    ...(GENERATORS[0] as (typeof GENERATORS)[number]),
    example: ({ index }: { index: number }) => ({ source: String(index % 7), target: "x" }),
  };
  expect([...distinctExamples(few, { seed: 0, count: 100 })].map(({ source }) => source).join("")).toBe("0123456");
  const grouped = {
    ...few,
    example: ({ index }: { index: number }) => ({ source: "hi", target: "x", group: `${index % 3}` }),
  };
  expect([...distinctExamples(grouped, { seed: 0, count: 100 })].map(({ group }) => group).join("")).toBe("012");
});

test("what cannot be drawn is refused", () => {
  for (const generator of GENERATORS) {
    for (const index of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => generator.example({ seed: 1, index })).toThrow(
        new RangeError(`${generator.name}: expected an index from 0 to 4294967295 but found ${index}`),
      );
    }
    expect(() => generator.example({ seed: 1, index: 0, split: "dev" as Split })).toThrow(
      new RangeError(`${generator.name}: expected split train, validation or test but found dev`),
    );
    expect(() => generator.example({ seed: -1, index: 0 })).toThrow(
      new RangeError("Rng: expected a seed from 0 to 4294967295 but found -1"),
    );
  }
});
