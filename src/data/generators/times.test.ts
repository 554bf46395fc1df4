import { expect, test } from "vitest";
import { Rng } from "../../tensor/random.ts";
import { TIMES } from "./times.ts";

/**
 * A reader written a second time. It tries both halves of the day and every way to cut the words, and takes what falls into the part of the day
 * that the text names; a text with no reading, or with two, is a fault.
 */
const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const WORDS = new Map<string, number>();
for (let value = 0; value < 60; value++) {
  const tens = ["", "", "twenty", "thirty", "forty", "fifty"][Math.floor(value / 10)] as string;
  WORDS.set(value < 20 ? (UNITS[value] as string) : `${tens}${value % 10 ? ` ${UNITS[value % 10]}` : ""}`, value);
}

/** A number from 0 to 59 in words or figures. */
const numberOf = (text: string) => WORDS.get(text) ?? (/^[1-9]\d?$/.test(text) ? Number(text) : undefined);

/** Minutes of the day within which the part of a day lies, from … up to. */
const WINDOWS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  am: [[0, 720]],
  pm: [[720, 1440]],
  "in the morning": [[30, 720]],
  "in the afternoon": [[720, 1080]],
  "in the evening": [[990, 1440]],
  "at night": [
    [1170, 1440],
    [0, 300],
  ],
};

function isWithin(minutes: number, part: string): boolean {
  return (WINDOWS[part] as (typeof WINDOWS)[string]).some(([first, end]) => minutes >= first && minutes < end);
}

const OFFSET = /^(?:(half)|(?:a )?(quarter)|(.+?)(?: minutes?)?) (past|after|to|before|till) (.+)$/;

/** Minutes of the day that some words may mean, by the clock of twelve hours, part of the day left aside. */
function onTwelve(words: string): number[] {
  const offset = OFFSET.exec(words);
  if (offset) {
    const [, half, quarter, number, relation, hour] = offset;
    const minutes = half ? 30 : quarter ? 15 : numberOf(number as string);
    const isPast = relation === "past" || relation === "after";
    const named = /^(noon|midday|midnight)$/.test(hour as string)
      ? hour === "midnight"
        ? 0
        : 12
      : numberOf(hour as string);
    if (minutes === undefined || named === undefined) return [];
    return [(named * 60 + (isPast ? minutes : -minutes) + 1440) % 1440];
  }
  const figures = /^(\d{1,2})[:.](\d\d)$/.exec(words);
  if (figures) return [Number(figures[1]) * 60 + Number(figures[2])];
  const parts = words.replace(/ o'clock$/, "").split(" ");
  const hour = numberOf(parts[0] as string);
  if (hour === undefined || hour > 12) return [];
  if (parts.length === 1) return [hour * 60];
  const rest = parts.slice(1).join(" ");
  const minutes = rest.startsWith("oh ") ? numberOf(rest.slice(3)) : numberOf(rest);
  return minutes === undefined || (rest.startsWith("oh ") ? minutes > 9 : minutes < 10) ? [] : [hour * 60 + minutes];
}

const two = (words: readonly string[]) => {
  const isZero = words[0] === "oh" || words[0] === "zero";
  const text = (isZero ? words.slice(1) : words).join(" ").replace(/^oh$/, "zero");
  const value = numberOf(text);
  return value === undefined || isZero !== value < 10 ? undefined : value;
};

/** All ways to cut words of the clock of 24 hours in two. */
function onTwentyFour(words: string): number[] {
  const parts = words.replace(/ hours$/, "").split(" ");
  const found: number[] = [];
  for (let cut = 1; cut < parts.length; cut++) {
    const isShort = parts.length === 2 && /^(oh|zero)$/.test(parts[0] as string) && parts[1] === "hundred";
    const hour = isShort ? 0 : two(parts.slice(0, cut));
    const minutes = parts.slice(cut).join(" ") === "hundred" ? 0 : two(parts.slice(cut));
    if (hour !== undefined && hour < 24 && minutes !== undefined) found.push(hour * 60 + minutes);
  }
  const figures = /^(\d\d)[:.]?(\d\d)$/.exec(parts[0] as string);
  return figures ? [Number(figures[1]) * 60 + Number(figures[2])] : found;
}

function readTime(text: string): string {
  const plain = text
    .toLowerCase()
    .replace(/^at /, "")
    .replaceAll("-", " ")
    .replace(/([ap])\.m\.$/, "$1m");
  const part = Object.keys(WINDOWS).find((name) => plain.endsWith(` ${name}`));
  const named = /^(?:(?:twelve|12) )?(noon|midday|midnight)$/.exec(plain)?.[1];
  const minutes = named
    ? [named === "midnight" ? 0 : 720]
    : part
      ? onTwelve(plain.slice(0, -part.length - 1)).flatMap((time) =>
          [time % 720, (time % 720) + 720].filter((candidate) => isWithin(candidate, part)),
        )
      : / (noon|midday|midnight)$/.test(plain)
        ? onTwelve(plain)
        : onTwentyFour(plain);
  if (minutes.length !== 1) return `${minutes.length} readings`;
  const [time] = minutes as [number];
  return `${String(Math.floor(time / 60)).padStart(2, "0")}:${String(time % 60).padStart(2, "0")}`;
}

test.each([
  ["half past seven in the evening", "19:30"],
  ["quarter to nine am", "08:45"],
  ["noon", "12:00"],
  ["midnight", "00:00"],
  ["twenty-three minutes past four pm", "16:23"],
  ["seven o'clock in the morning", "07:00"],
  ["7 thirty pm", "19:30"],
  ["oh five hundred hours", "05:00"],
  ["twenty twenty three", "20:23"],
  ["a quarter to twelve at night", "23:45"],
  ["ten to one pm", "12:50"],
  ["seven thirty", "0 readings"],
  ["ten to noon", "11:50"],
])("the reader of this test reads %s as %s", (text, time) => {
  expect(readTime(text)).toBe(time);
});

test.each(TIMES.forms)("$name has one reading, its answer", ({ example, draw }) => {
  expect(readTime(example.source)).toBe(example.target);
  const rng = new Rng(11, "times");
  const wrong: unknown[] = [];
  for (let index = 0; index < 5000; index++) {
    const { source, target } = draw(rng.at(index));
    if (readTime(source) !== target) wrong.push({ source, target, read: readTime(source) });
  }
  expect(wrong).toEqual([]);
});

test("every minute of the day is drawn", () => {
  const drawn = new Set<string>();
  for (let index = 0; index < 40_000; index++) drawn.add(TIMES.example({ seed: 3, index }).target);
  expect(drawn.size).toBe(1440);
});

test("what could be read in two ways is not written", () => {
  const doubtful: string[] = [];
  for (let index = 0; index < 40_000; index++) {
    const { source } = TIMES.example({ seed: 3, index });
    if (/(?:^|at )(?:twelve|12)(?: o'clock)? [ap]\.?m|(?:to|till|before) (?:twelve|12) [ap]\.?m/i.test(source))
      doubtful.push(source);
  }
  expect(doubtful).toEqual([]);
});

test("pinned examples do not change", () => {
  const pinned = Array.from({ length: 6 }, (_, index) => TIMES.example({ seed: 1, index }));
  expect(pinned.map(({ source, target }) => `${source} → ${target}`)).toEqual([
    "At oh six fifty four hours → 06:54",
    "eleven oh seven in the evening → 23:07",
    "Twelve hundred hours → 12:00",
    "at eleven minutes past nine am → 09:11",
    "Quarter before eight in the evening → 19:45",
    "twelve minutes till eight in the morning → 07:48",
  ]);
});
