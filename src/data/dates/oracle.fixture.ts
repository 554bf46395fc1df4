import { isRealDate } from "./calendar.ts";

/**
 * A small strict reader of dates for the tests, written from the rule and not from the formats: it looks only at the text.
 * Returns `yyyy-mm-dd`, or the reason why it cannot read the text.
 */

const MONTH = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const MONTH_WORD =
  /january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec/;
const WEEKDAY_WORD =
  /\b(sunday|monday|tuesday|wednesday|thursday|friday|saturday|sun|mon|tues|tue|weds|wed|thurs|thur|thu|fri|sat)\b\.?/;
const SMALL_WORD = /\b(on|by|since|until|from|before|after|due|dated|born|date:|dob:|as of|the|of|day)(?![a-z])/g;
const ERA = /(ad|ce|a\.d\.)(?=[\s\W]*$)/;
const TENS = { "": 0, twenty: 20, thirty: 30 } as const;
const UNITS = "first second third fourth fifth sixth seventh eighth ninth".split(" ");
const TEENS =
  "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(
    " ",
  );

function spelledDay(text: string): number {
  if (/thirtieth/.test(text)) return 30;
  const teen = TEENS.findIndex((word) => text.includes(word));
  if (teen >= 0) return teen + 10;
  const [, tens = "", unit] = /(twenty|thirty)?[- ]*(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)/.exec(
    text,
  ) as RegExpExecArray;
  return TENS[tens as keyof typeof TENS] + UNITS.indexOf(unit as string) + 1;
}

/** A year as written: four figures stand, two follow the rule of `strptime`. */
function fullYear(figures: string): number {
  const year = Number(figures);
  return figures.length === 4 ? year : year + (year >= 69 ? 1900 : 2000);
}

function iso(year: number, month: number, day: number): string {
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${year}-${pad(month)}-${pad(day)}`;
}

/** The figures of a text with a month's name in it; run-together figures are cut where the year must be. */
function readNamed(text: string, month: number): string {
  let numbers = [...text.matchAll(/\d+/g)].map(([figures]) => figures);
  if (numbers.length === 1 && (numbers[0] as string).length > 4) {
    numbers = [(numbers[0] as string).slice(0, -4), (numbers[0] as string).slice(-4)];
  }
  if (numbers.length === 1) return iso(fullYear(numbers[0] as string), month, spelledDay(text));
  const [first, second] = numbers as [string, string];
  const isYearFirst = first.length === 4 || (second.length < 4 && Number(first) > 31);
  return isYearFirst ? iso(fullYear(first), month, Number(second)) : iso(fullYear(second), month, Number(first));
}

function readCompact(figures: string): string {
  if (figures.length === 6) {
    return iso(fullYear(figures.slice(0, 2)), Number(figures.slice(2, 4)), Number(figures.slice(4)));
  }
  const yearFirst = iso(Number(figures.slice(0, 4)), Number(figures.slice(4, 6)), Number(figures.slice(6)));
  if (isRealDate(yearFirst) || !/(19|20)\d\d$/.test(figures)) return yearFirst;
  const [a, b] = [Number(figures.slice(0, 2)), Number(figures.slice(2, 4))];
  return a > 12 ? iso(Number(figures.slice(4)), b, a) : iso(Number(figures.slice(4)), a, b);
}

function readNumeric(text: string): string {
  const found = /(\d+)(?:\s*(\D)\s*(\d+)\s*\2\s*['’‘ʼ`´′]?(\d+))?/.exec(text) as RegExpExecArray;
  const [, a = "", mark, b = "", c = ""] = found;
  if (mark === undefined) return readCompact(a);
  if (a.length === 4 || Number(a) > 31) return iso(fullYear(a), Number(b), Number(c));
  const isDayFirst = Number(a) > 12 || (Number(b) <= 12 && mark !== "/");
  return isDayFirst ? iso(fullYear(c), Number(b), Number(a)) : iso(fullYear(c), Number(a), Number(b));
}

/** Reads a written date by the rule of the task. */
export function readDate(text: string): string {
  const small = text.toLowerCase().replace(WEEKDAY_WORD, " ").replace(ERA, " ").replace(SMALL_WORD, " ");
  const month = MONTH_WORD.exec(small);
  if (!month) return readNumeric(small);
  const rest = small.slice(0, month.index) + "|".concat(small.slice(month.index + month[0].length));
  return readNamed(rest, MONTH.indexOf(month[0].slice(0, 3)) + 1);
}
