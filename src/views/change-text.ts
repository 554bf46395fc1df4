import type { Change } from "../tasks/events.ts";
import { rowWeights } from "./attention-map.ts";
import type { Language } from "./messages.ts";
import { tokenText } from "./token-text.ts";

/** What a reader changed of how a model reads, in words: no picture of a changed reading goes without them. */

interface ChangeWords {
  readonly title: (title: string) => string;
  readonly line: (changes: string) => string;
  readonly masked: (tokens: string) => string;
  readonly forced: (step: number, tokens: string) => string;
  readonly written: (step: number, token: string) => string;
  readonly token: (text: string, place: number) => string;
  readonly comma: string;
  readonly semicolon: string;
}

const WORDS: Readonly<Record<Language, ChangeWords>> = {
  en: {
    title: (title) => `${title} (changed)`,
    line: (changes) => `changed: ${changes}`,
    masked: (tokens) => `${tokens} masked`,
    forced: (step, tokens) => `step ${step} made to read ${tokens}`,
    written: (step, token) => `step ${step} made to write “${token}”`,
    token: (text, place) => `“${text}” (${place})`,
    comma: ", ",
    semicolon: "; ",
  },
  "zh-CN": {
    title: (title) => `${title}（改动后）`,
    line: (changes) => `改动：${changes}`,
    masked: (tokens) => `屏蔽${tokens}`,
    forced: (step, tokens) => `令第 ${step} 步读${tokens}`,
    written: (step, token) => `令第 ${step} 步写“${token}”`,
    token: (text, place) => `“${text}”（第 ${place} 个）`,
    comma: "、",
    semicolon: "；",
  },
};

/** Of the tokens that a step was made to read so many are named. */
const MOST_READ = 3;

/** Whether there is any change in it. */
export function isChange(change: Change | undefined): change is Change {
  const { masked = [], forced = [], written = [] } = change ?? {};
  return masked.length + forced.length + written.length > 0;
}

/** A title that says that the reading was changed. */
export function changedTitle(title: string, language: Language = "en"): string {
  return WORDS[language].title(title);
}

/**
 * All changes in one line, steps and places counted from 1: `changed: “M” (3) masked; step 10 made to write “5”`.
 *
 * @param columns the tokens of the input
 */
export function changeText(change: Change, columns: readonly string[], language: Language = "en"): string {
  const words = WORDS[language];
  const { masked = [], forced = [], written = [] } = change;
  const named = (places: readonly number[]) =>
    places.map((place) => words.token(tokenText(columns[place] ?? ""), place + 1)).join(words.comma);
  const read = (weights: readonly number[]) => {
    const places = rowWeights({ rows: [""], columns, weights }, 0).flatMap((weight, i) => (weight > 0 ? [i] : []));
    places.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
    return named(places.slice(0, MOST_READ)) + (places.length > MOST_READ ? `${words.comma}…` : "");
  };
  return words.line(
    [
      ...(masked.length > 0 ? [words.masked(named(masked))] : []),
      ...forced.map(({ step, weights }) => words.forced(step + 1, read(weights))),
      ...written.map(({ step, token }) => words.written(step + 1, tokenText(token))),
    ].join(words.semicolon),
  );
}
