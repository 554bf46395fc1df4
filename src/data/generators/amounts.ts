import type { Rng } from "../../tensor/random.ts";
import { type Form, type Generated, type Generator, generatorOf } from "./generator.ts";
import { drawCapital, drawNumberStyle, figureWords, numberWords, smallNumber } from "./number-words.ts";

/**
 * Amounts in English words, and their digits: whole numbers to 999,999, exact to the one; round ones to 999 million; below zero to
 * −99,999; decimals read figure by figure (`three point one four`), with all the figures that are said; money to 99,999.99, always
 * with two decimals (`forty-two dollars` is 42.00, `seven cents` is 0.07); halves and quarters to 999¾. Digits come without commas,
 * currency or a sign for plus.
 */

const UNITS = [
  ["dollar", "dollars", "cent", "cents"],
  ["euro", "euros", "cent", "cents"],
  ["pound", "pounds", "penny", "pence"],
] as const;

const PARTS = [
  ["a half", ".5"],
  ["a quarter", ".25"],
  ["three quarters", ".75"],
] as const;

/** A whole number with 1 to `digits` digits, each length as often. */
function drawWhole(rng: Rng, digits: number): number {
  const length = 1 + rng.integer(digits);
  const least = length === 1 ? 0 : 10 ** (length - 1);
  return least + rng.integer(10 ** length - least);
}

/** A number from 0 in words, in a style of its own. */
function inWords(rng: Rng, value: number): string {
  return drawArticle(rng, numberWords(value, drawNumberStyle(rng)));
}

/** `a hundred` for `one hundred`, in some. */
function drawArticle(rng: Rng, words: string): string {
  return rng.uniform() < 0.4 ? words.replace(/^one (?=hundred|thousand|million)/, "a ") : words;
}

function drawMinus(rng: Rng): string {
  return rng.pick(["minus", "minus", "negative"]);
}

function drawFigures(rng: Rng, most: number): string {
  return Array.from({ length: 1 + rng.integer(most) }, () => rng.integer(10)).join("");
}

function drawDecimal(rng: Rng): Generated {
  const whole = drawWhole(rng, 4);
  const figures = drawFigures(rng, 4);
  const before = whole === 0 && rng.uniform() < 0.5 ? "" : `${inWords(rng, whole)} `;
  const source = `${before}point ${figureWords(figures, rng.pick(["zero", "zero", "oh"]))}`;
  const target = `${whole}.${figures}`;
  const isNegative = rng.uniform() < 0.1 && Number(target) > 0;
  return isNegative ? { source: `${drawMinus(rng)} ${source}`, target: `-${target}` } : { source, target };
}

function drawMoney(rng: Rng): Generated {
  const [one, many, oneSmall, manySmall] = rng.pick(UNITS);
  const kind = rng.uniform();
  const whole = kind < 0.15 ? 0 : Math.max(1, drawWhole(rng, 5));
  const small = kind >= 0.15 && kind < 0.4 ? 0 : 1 + rng.integer(99);
  const smallWords = `${smallNumber(small, drawNumberStyle(rng).hyphen)} ${small === 1 ? oneSmall : manySmall}`;
  const wholeWords = `${inWords(rng, whole)} ${whole === 1 ? one : many}`;
  const joint = rng.pick([" and ", " and ", " ", ", "]);
  const source = whole === 0 ? smallWords : small === 0 ? wholeWords : `${wholeWords}${joint}${smallWords}`;
  return { source, target: `${whole}.${String(small).padStart(2, "0")}` };
}

function drawFraction(rng: Rng): Generated {
  const whole = drawWhole(rng, 3);
  const [words, figures] = rng.pick(PARTS);
  if (whole === 0) return { source: words, target: `0${figures}` };
  return { source: `${inWords(rng, whole)} and ${words}`, target: `${whole}${figures}` };
}

/** Millions and thousands with a decimal or a half before them; `half a million`. */
function drawRound(rng: Rng): Generated {
  const [scale, zeros] = rng.pick([
    ["million", 6],
    ["million", 6],
    ["thousand", 3],
  ] as const);
  const kind = rng.uniform();
  if (kind < 0.06) {
    const [words, figures] = rng.pick(PARTS);
    const source = `${words === "a half" ? "half" : `${words} of`} a ${scale}`;
    return { source, target: digitsOf("0", figures.slice(1), zeros) };
  }
  const isHalf = kind < 0.2;
  // Of three digits, `two hundred and a half million` could be two numbers.
  const whole = String(Math.max(1, drawWhole(rng, isHalf ? 2 : 3)));
  const words = inWords(rng, Number(whole));
  if (isHalf) return { source: `${words} and a half ${scale}`, target: digitsOf(whole, "5", zeros) };
  if (kind < 0.6) return { source: drawArticle(rng, `${words} ${scale}`), target: digitsOf(whole, "", zeros) };
  const figures = drawFigures(rng, 2);
  return { source: `${words} point ${figureWords(figures, "zero")} ${scale}`, target: digitsOf(whole, figures, zeros) };
}

/** `whole.figures` with the point moved to the right by `zeros` places. */
function digitsOf(whole: string, figures: string, zeros: number): string {
  return `${whole}${figures.padEnd(zeros, "0")}`.replace(/^0+(?=\d)/, "");
}

/** `twelve hundred and six`: 11 to 99 hundreds, but for the tens. */
function drawHundreds(rng: Rng): Generated {
  let hundreds: number;
  do hundreds = 11 + rng.integer(89);
  while (hundreds % 10 === 0);
  const rest = rng.uniform() < 0.4 ? 0 : 1 + rng.integer(99);
  const { hyphen, isAnd } = drawNumberStyle(rng);
  const tail = rest === 0 ? "" : `${isAnd ? " and " : " "}${smallNumber(rest, hyphen)}`;
  return { source: `${smallNumber(hundreds, hyphen)} hundred${tail}`, target: String(hundreds * 100 + rest) };
}

const FORMS: readonly Form[] = [
  {
    name: "whole",
    share: 40,
    example: { source: "twelve thousand three hundred and five", target: "12305" },
    draw(rng) {
      const value = drawWhole(rng, 6);
      return { source: inWords(rng, value), target: String(value) };
    },
  },
  {
    name: "below-zero",
    share: 8,
    example: { source: "minus eleven", target: "-11" },
    draw(rng) {
      const value = Math.max(1, drawWhole(rng, 5));
      return { source: `${drawMinus(rng)} ${inWords(rng, value)}`, target: `-${value}` };
    },
  },
  {
    name: "decimal",
    share: 14,
    example: { source: "three point one four", target: "3.14" },
    draw: drawDecimal,
  },
  {
    name: "money",
    share: 20,
    example: { source: "forty-two dollars and seven cents", target: "42.07" },
    draw: drawMoney,
  },
  { name: "fraction", share: 6, example: { source: "two and three quarters", target: "2.75" }, draw: drawFraction },
  { name: "round", share: 8, example: { source: "two point five million", target: "2500000" }, draw: drawRound },
  { name: "hundreds", share: 4, example: { source: "twelve hundred and six", target: "1206" }, draw: drawHundreds },
];

export const AMOUNTS: Generator = generatorOf({
  name: "amounts",
  summary: "amounts in English words → digits",
  alphabet: { source: " ,-AEFHMNOPSTZacdefghilmnopqrstuvwxyz", target: "-.0123456789" },
  forms: FORMS.map(({ draw, ...form }) => ({
    ...form,
    draw(rng: Rng) {
      const { source, target } = draw(rng);
      return { source: drawCapital(rng, source), target };
    },
  })),
});
