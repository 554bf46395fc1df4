import type { Rng } from "../../tensor/random.ts";

/** Whole numbers in English words. */

export interface NumberStyle {
  /** Between tens and ones: `forty-two` or `forty two`. */
  readonly hyphen: "-" | " ";
  /** British `three hundred and five`, American `three hundred five`. */
  readonly isAnd: boolean;
  /** `two thousand, three hundred`. */
  readonly isComma: boolean;
}

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = " ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES = ["", " thousand", " million"];

/** A style: mostly with a hyphen and `and`. */
export function drawNumberStyle(rng: Rng): NumberStyle {
  return {
    hyphen: rng.uniform() < 0.7 ? "-" : " ",
    isAnd: rng.uniform() < 0.6,
    isComma: rng.uniform() < 0.15,
  };
}

/** 0 … 99. */
export function smallNumber(value: number, hyphen: "-" | " "): string {
  if (value < 20) return SMALL[value] as string;
  const tens = TENS[Math.floor(value / 10)] as string;
  return value % 10 === 0 ? tens : `${tens}${hyphen}${SMALL[value % 10]}`;
}

/** 1 … 999. */
function group(value: number, { hyphen, isAnd }: NumberStyle): string {
  const rest = value % 100;
  if (value < 100) return smallNumber(value, hyphen);
  const hundreds = `${SMALL[Math.floor(value / 100)]} hundred`;
  return rest === 0 ? hundreds : `${hundreds}${isAnd ? " and " : " "}${smallNumber(rest, hyphen)}`;
}

/** 0 … 999,999,999 in words. With `and`, a last part below a hundred is joined by it: `two thousand and five`. */
export function numberWords(value: number, style: NumberStyle): string {
  if (value === 0) return SMALL[0] as string;
  let words = "";
  for (let place = SCALES.length - 1; place >= 0; place--) {
    const part = Math.floor(value / 1000 ** place) % 1000;
    if (part === 0) continue;
    const isTail = place === 0 && part < 100 && style.isAnd;
    const joint = words === "" ? "" : isTail ? " and " : style.isComma ? ", " : " ";
    words += `${joint}${group(part, style)}${SCALES[place]}`;
  }
  return words;
}

/** The figures of a number read one by one; 0 is `zero` or `oh`. */
export function figureWords(figures: string, zero: string): string {
  return [...figures].map((figure) => (figure === "0" ? zero : SMALL[Number(figure)])).join(" ");
}

/** With a capital first letter in a quarter of the cases. */
export function drawCapital(rng: Rng, text: string): string {
  return rng.uniform() < 0.25 ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
