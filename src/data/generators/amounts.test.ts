import { expect, test } from "vitest";
import { Rng } from "../../tensor/random.ts";
import { AMOUNTS } from "./amounts.ts";

/**
 * A reader written a second time, from left to right over the words: a running group, which a scale closes. The generator works
 * from the other end, by division.
 */
const VALUES: Readonly<Record<string, number>> = Object.fromEntries([
  ..."zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ")
    .map((word, value) => [word, value] as const),
  ..."twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, i) => [word, 20 + 10 * i] as const),
  ["a", 1],
  ["oh", 0],
]);

function readWhole(words: readonly string[]): number {
  let total = 0;
  let current = 0;
  for (const word of words) {
    if (word === "and") continue;
    if (word === "hundred") current *= 100;
    else if (word === "thousand" || word === "million") {
      total += current * (word === "million" ? 1e6 : 1e3);
      current = 0;
    } else {
      const value = VALUES[word];
      if (value === undefined) throw new Error(`unknown word ${word}`);
      current += value;
    }
  }
  return total + current;
}

const FRACTIONS: Readonly<Record<string, number>> = {
  "a half": 0.5,
  half: 0.5,
  "a quarter": 0.25,
  "three quarters": 0.75,
};

/** The value, in hundredths where it is money. */
function readAmount(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[,-]/g, " ").replaceAll(/ +/g, " ");
  const [, minus] = /^(minus |negative )/.exec(plain) ?? [];
  if (minus) return `-${readAmount(plain.slice(minus.length))}`;
  const money = /^(?:(.*?) (?:dollars?|euros?|pounds?))?(?: and)? ?(?:(.*?) (?:cents?|penny|pence))?$/.exec(plain);
  if (money && (money[1] || money[2])) {
    const value = (words = "") => readWhole(words.split(" ").filter(Boolean));
    return (value(money[1]) + value(money[2]) / 100).toFixed(2);
  }
  const scaled = /^(.*?)(?: of)?(?: a)? (million|thousand)$/.exec(plain);
  if (scaled && /point|half|quarter/.test(scaled[1] as string)) {
    return String(Math.round(Number(readAmount(scaled[1] as string)) * (scaled[2] === "million" ? 1e6 : 1e3)));
  }
  const fraction = /^(?:(.*) and )?(a half|half|a quarter|three quarters)$/.exec(plain);
  if (fraction)
    return String(readWhole((fraction[1] ?? "zero").split(" ")) + (FRACTIONS[fraction[2] as string] as number));
  const [whole, figures] = plain.split("point");
  const value = String(readWhole((whole as string).split(" ").filter(Boolean)));
  if (figures === undefined) return value;
  return `${value}.${figures
    .trim()
    .split(" ")
    .map((word) => VALUES[word])
    .join("")}`;
}

test.each([
  ["twelve thousand three hundred and five", "12305"],
  ["forty-two dollars and seven cents", "42.07"],
  ["seven cents", "0.07"],
  ["One hundred pounds one penny", "100.01"],
  ["three point one four", "3.14"],
  ["point oh five", "0.05"],
  ["minus eleven", "-11"],
  ["two million", "2000000"],
  ["half a million", "500000"],
  ["two and a half million", "2500000"],
  ["nine hundred and ninety-nine and three quarters", "999.75"],
  ["twelve hundred and six", "1206"],
])("the reader of this test reads %s as %s", (text, digits) => {
  expect(readAmount(text)).toBe(digits);
});

test.each(AMOUNTS.forms)("$name is read as its answer says", ({ example, draw }) => {
  expect(readAmount(example.source)).toBe(example.target);
  const rng = new Rng(11, "amounts");
  const wrong: unknown[] = [];
  for (let index = 0; index < 5000; index++) {
    const { source, target } = draw(rng.at(index));
    if (readAmount(source) !== target) wrong.push({ source, target, read: readAmount(source) });
  }
  expect(wrong).toEqual([]);
});

test.each([
  { form: "whole", least: 0, most: 999_999 },
  { form: "below-zero", least: -99_999, most: -1 },
  { form: "decimal", least: -9999.9999, most: 9999.9999 },
  { form: "money", least: 0.01, most: 99_999.99 },
  { form: "fraction", least: 0.25, most: 999.75 },
  { form: "round", least: 250, most: 999_990_000 },
  { form: "hundreds", least: 1100, most: 9999 },
])("$form reaches from $least to $most, as is documented, or nearly", ({ form, least, most }) => {
  const { draw } = AMOUNTS.forms.find(({ name }) => name === form) as (typeof AMOUNTS.forms)[number];
  const rng = new Rng(12, "ends");
  const values = Array.from({ length: 20_000 }, (_, index) => Number(draw(rng.at(index)).target));
  const [first, last] = [Math.min(...values), Math.max(...values)];
  const near = (most - least) / 100;
  expect(first).toBeGreaterThanOrEqual(least);
  expect(first).toBeLessThan(least + near);
  expect(last).toBeLessThanOrEqual(most);
  expect(last).toBeGreaterThan(most - near);
});

test("pinned examples do not change", () => {
  const pinned = Array.from({ length: 6 }, (_, index) => AMOUNTS.example({ seed: 1, index }));
  expect(pinned.map(({ source, target }) => `${source} → ${target}`)).toEqual([
    "Nine hundred twenty five → 925",
    "one thousand one hundred and eighty-seven point nine two → 1187.92",
    "Seven hundred and forty-nine thousand seven hundred and five → 749705",
    "two hundred and forty-two thousand, four hundred and ninety-eight → 242498",
    "minus nine thousand, one hundred and sixty-one → -9161",
    "eight hundred and seventy-five thousand one hundred and fifty-two → 875152",
  ]);
});
