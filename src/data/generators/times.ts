import type { Rng } from "../../tensor/random.ts";
import { type Form, type Generated, type Generator, generatorOf } from "./generator.ts";
import { drawCapital, smallNumber } from "./number-words.ts";

/**
 * Times of day as they are said in English, and `HH:MM` from 00:00 to 23:59. Each text has one reading only: a time by the clock of
 * twelve hours always says its part of the day; `twelve am` and `twelve pm` on the hour are never written, and neither are minutes
 * *to* twelve with am or pm; midnight is 00:00. By the clock of 24 hours, 10 to 12 always have `hours` behind them.
 */

/** How an hour is named: on it, with minutes past it, or to it. */
type Relation = "on" | "past" | "to";

interface PartOfDay {
  readonly share: number;
  readonly words: readonly string[];
  /** Hours of the 24-hour clock that may be named; 24 is midnight. */
  readonly hours: Readonly<Record<Relation, readonly number[]>>;
}

/** `first` … `last`. */
function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

const AM = range(1, 11);
const PM = range(13, 23);
const NIGHT = [...range(20, 24), ...range(1, 4)];

const PARTS: readonly PartOfDay[] = [
  { share: 4, words: ["am", "am", "a.m.", "AM"], hours: { on: AM, past: [0, ...AM], to: AM } },
  { share: 4, words: ["pm", "pm", "p.m.", "PM"], hours: { on: PM, past: [12, ...PM], to: PM } },
  { share: 2, words: ["in the morning"], hours: { on: AM, past: AM, to: [...AM, 12] } },
  { share: 2, words: ["in the afternoon"], hours: { on: range(13, 17), past: range(12, 17), to: range(13, 17) } },
  { share: 2, words: ["in the evening"], hours: { on: range(17, 23), past: range(17, 23), to: range(17, 24) } },
  { share: 1, words: ["at night"], hours: { on: NIGHT, past: NIGHT, to: NIGHT } },
];
const DRAWN_PARTS = PARTS.flatMap((part) => new Array<PartOfDay>(part.share).fill(part));

/** An hour, as a number of the 24-hour clock, with the words for it and for its part of the day. */
interface Hour {
  readonly hour: number;
  readonly name: string;
  readonly part: string;
}

function drawHour(rng: Rng, relation: Relation, hyphen: "-" | " " = "-"): Hour {
  const { words, hours } = rng.pick(DRAWN_PARTS);
  const hour = rng.pick(hours[relation]);
  const named = ((hour + 11) % 12) + 1;
  return { hour, name: rng.uniform() < 0.12 ? String(named) : smallNumber(named, hyphen), part: rng.pick(words) };
}

function drawHyphen(rng: Rng): "-" | " " {
  return rng.uniform() < 0.7 ? "-" : " ";
}

const PAST = ["past", "past", "past", "after"];
const TO = ["to", "to", "to", "before", "till"];

/** Minutes past or to something, as a relation, the words before its name, and the minutes that they add. */
interface Offset {
  readonly relation: Relation;
  readonly words: string;
  readonly minutes: number;
}

function drawOffset(rng: Rng, words: string, minutes: number): Offset {
  const isPast = rng.uniform() < 0.5;
  const word = rng.pick(isPast ? PAST : TO);
  return { relation: isPast ? "past" : "to", words: `${words} ${word}`, minutes: isPast ? minutes : -minutes };
}

function drawQuarter(rng: Rng): Offset {
  return drawOffset(rng, rng.pick(["quarter", "a quarter"]), 15);
}

function drawHalf(): Offset {
  return { relation: "past", words: "half past", minutes: 30 };
}

/** `twenty-three minutes past`, `ten to`: the word for minutes is left out of fives only. */
function drawMinutes(rng: Rng): Offset {
  const minutes = 1 + rng.integer(29);
  const isBare = minutes % 5 === 0 && minutes !== 15 && rng.uniform() < 0.6;
  const unit = isBare ? "" : minutes === 1 ? " minute" : " minutes";
  return drawOffset(rng, `${smallNumber(minutes, drawHyphen(rng))}${unit}`, minutes);
}

/** The answer, for minutes counted from midnight. */
function clock(minutes: number): string {
  const inDay = (minutes + 1440) % 1440;
  return `${pair(Math.floor(inDay / 60))}:${pair(inDay % 60)}`;
}

function pair(value: number): string {
  return String(value).padStart(2, "0");
}

function drawFromHour(rng: Rng, offset: Offset): Generated {
  const { hour, name, part } = drawHour(rng, offset.relation);
  return { source: `${offset.words} ${name} ${part}`, target: clock(hour * 60 + offset.minutes) };
}

/** `seven thirty pm`, `seven oh five in the morning`. */
function drawHourMinute(rng: Rng): Generated {
  const { hour, name, part } = drawHour(rng, "past");
  const minutes = 1 + rng.integer(59);
  const words = smallNumber(minutes, drawHyphen(rng));
  return { source: `${name} ${minutes < 10 ? `oh ${words}` : words} ${part}`, target: clock(hour * 60 + minutes) };
}

/** `oh five hundred hours`, `twenty-three fifteen`. */
function drawTwentyFour(rng: Rng): Generated {
  const hour = rng.integer(24);
  const minutes = rng.uniform() < 0.3 ? 0 : rng.integer(60);
  const zero = rng.pick(["oh", "zero"]);
  const hyphen = drawHyphen(rng);
  const two = (value: number) => `${value < 10 ? `${zero} ` : ""}${value === 0 ? zero : smallNumber(value, hyphen)}`;
  const isShort = hour === 0 && minutes === 0 && rng.uniform() < 0.5;
  const isOpen = hour >= 10 && hour <= 12;
  const words = `${isShort ? zero : two(hour)} ${minutes === 0 ? "hundred" : two(minutes)}`;
  return { source: `${words}${isOpen || rng.uniform() < 0.6 ? " hours" : ""}`, target: clock(hour * 60 + minutes) };
}

const NAMED = [
  ["noon", 12],
  ["midday", 12],
  ["midnight", 24],
] as const;

/** `noon`, `ten minutes past midnight`, `a quarter to noon`. */
function drawNamed(rng: Rng): Generated {
  const [name, hour] = rng.pick(NAMED);
  const kind = rng.uniform();
  if (kind < 0.2) {
    const twelve = name === "midday" ? "" : rng.pick(["", "twelve ", "12 "]);
    return { source: `${twelve}${name}`, target: clock(hour * 60) };
  }
  const offset = kind < 0.3 ? drawHalf() : kind < 0.5 ? drawQuarter(rng) : drawMinutes(rng);
  return { source: `${offset.words} ${name}`, target: clock(hour * 60 + offset.minutes) };
}

/** `7:30 pm`, `19.30`, `0730 hours`. */
function drawFigures(rng: Rng): Generated {
  const minutes = rng.uniform() < 0.2 ? 0 : rng.integer(60);
  const mark = rng.pick([":", ":", "."]);
  if (rng.uniform() < 0.5) {
    const { hour, part } = drawHour(rng, minutes === 0 ? "on" : "past");
    return {
      source: `${((hour + 11) % 12) + 1}${mark}${pair(minutes)} ${part}`,
      target: clock(hour * 60 + minutes),
    };
  }
  const hour = rng.integer(24);
  const target = clock(hour * 60 + minutes);
  const isOpen = hour >= 10 && hour <= 12;
  const marked = `${target.replace(":", mark)}${isOpen ? " hours" : ""}`;
  return { source: rng.uniform() < 0.3 ? `${target.replace(":", "")} hours` : marked, target };
}

const FORMS: readonly Form[] = [
  {
    name: "on-the-hour",
    share: 6,
    example: { source: "seven o'clock in the morning", target: "07:00" },
    draw(rng) {
      const { hour, name, part } = drawHour(rng, "on");
      return { source: `${name}${rng.uniform() < 0.6 ? " o'clock" : ""} ${part}`, target: clock(hour * 60) };
    },
  },
  {
    name: "half",
    share: 8,
    example: { source: "half past seven in the evening", target: "19:30" },
    draw: (rng) => drawFromHour(rng, drawHalf()),
  },
  {
    name: "quarter",
    share: 12,
    example: { source: "quarter to nine am", target: "08:45" },
    draw: (rng) => drawFromHour(rng, drawQuarter(rng)),
  },
  {
    name: "minutes",
    share: 28,
    example: { source: "twenty-three minutes past four pm", target: "16:23" },
    draw: (rng) => drawFromHour(rng, drawMinutes(rng)),
  },
  { name: "hour-minute", share: 20, example: { source: "7 thirty pm", target: "19:30" }, draw: drawHourMinute },
  {
    name: "24-hours",
    share: 14,
    example: { source: "oh five hundred hours", target: "05:00" },
    draw: drawTwentyFour,
  },
  { name: "named", share: 6, example: { source: "ten minutes past midnight", target: "00:10" }, draw: drawNamed },
  { name: "figures", share: 6, example: { source: "7.30 p.m.", target: "19:30" }, draw: drawFigures },
];

export const TIMES: Generator = generatorOf({
  name: "times",
  summary: "times of day in English words → HH:MM",
  alphabet: { source: " '-.0123456789:AEFHMNOPQSTZabcdefghiklmnopqrstuvwxyz", target: "0123456789:" },
  forms: FORMS.map(({ draw, ...form }) => ({
    ...form,
    draw(rng: Rng) {
      const { source, target } = draw(rng);
      return { source: drawCapital(rng, rng.uniform() < 0.15 ? `at ${source}` : source), target };
    },
  })),
});
