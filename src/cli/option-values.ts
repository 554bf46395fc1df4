import { didYouMean } from "./did-you-mean.ts";
import { UsageError } from "./usage-error.ts";

/** Readers of what stands after an option. What they throw exits with 2. */

/** Which option of which command is read. */
export interface OptionName {
  readonly command: string;
  readonly option: string;
}

/** A whole number from `least` on, or up to `most`. */
export function wholeNumber(
  { command, option }: OptionName,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
    throw new UsageError(`${command}: expected ${option} to be a whole number ${range} but found ${quoted(text)}`);
  };
}

/** One of some words. */
export function oneOf<Word extends string>(
  { command, option }: OptionName,
  words: readonly Word[],
): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    const hint = didYouMean(text, words);
    throw new UsageError(
      `${command}: expected ${option} to be ${alternatives(words)} but found ${quoted(text)}${hint}`,
    );
  };
}

/** One of some numbers. */
export function oneOfNumbers({ command, option }: OptionName, numbers: readonly number[]): (text: string) => number {
  return (text) => {
    const found = numbers.find((candidate) => String(candidate) === text);
    if (found !== undefined) return found;
    throw new UsageError(
      `${command}: expected ${option} to be ${alternatives(numbers.map(String))} but found ${quoted(text)}`,
    );
  };
}

/** `path=value`, gathered; of two with the same path the later counts. */
export function assignment({ command, option }: OptionName) {
  return (text: string, others: Readonly<Record<string, string>> = {}): Record<string, string> => {
    const [, path, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
    if (path !== undefined && value !== undefined) return { ...others, [path]: value };
    throw new UsageError(`${command}: expected ${option} to be followed by name=value but found ${quoted(text)}`);
  };
}

/** An option that may be repeated: all its values. */
export function collect(text: string, others: readonly string[] = []): string[] {
  return [...others, text];
}

/** `metric=number`, gathered. */
export function threshold({ command, option }: OptionName) {
  const read = assignment({ command, option });
  return (text: string, others: Readonly<Record<string, number>> = {}): Record<string, number> => {
    const [[metric, value] = ["", ""]] = Object.entries(read(text));
    const number = value.trim() === "" ? Number.NaN : Number(value);
    if (Number.isFinite(number)) return { ...others, [metric]: number };
    throw new UsageError(`${command}: expected ${option} to give ${metric} a number but found ${quoted(value)}`);
  };
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
