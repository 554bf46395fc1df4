import { expect, test } from "vitest";
import { askerSpan, distinctExamples } from "./index.ts";
import { QUESTIONS } from "./questions.ts";

/** The rule written a second time: how an answer begins, for every auxiliary and subject. */
const BEGINNINGS = `
are you: Yes, I am         | are we: Yes, we are         | are they: No, they are not
is she: Yes, she is        | is he: No, he is not
can you: Yes, I can        | can we: Yes, we can         | can she: Yes, she can
can I: No, you can not     | can they: No, they can not  | can he: No, he can not
do you: Yes, I do          | do we: Yes, we do           | do I: No, you do not       | do they: No, they do not
should you: Yes, I should  | should we: Yes, we should   | should she: Yes, she should
should I: No, you should not | should they: No, they should not | should he: No, he should not
were you: No, I was not    | were we: No, we were not    | were they: Yes, they were
was I: Yes, you were       | was she: No, she was not    | was he: Yes, he was
could you: No, I could not | could we: No, we could not  | could she: No, she could not
could I: Yes, you could    | could they: Yes, they could | could he: Yes, he could
will you: No, I will not   | will we: No, we will not    | will she: No, she will not
will I: Yes, you will      | will they: Yes, they will   | will he: Yes, he will
does she: No, she does not | does he: Yes, he does
have you: No, I have not   | have we: No, we have not    | have I: Yes, you have      | have they: Yes, they have
has she: No, she has not   | has he: Yes, he has`;
const RULE = new Map(
  BEGINNINGS.trim()
    .split(/[|\n]/)
    .map((entry) => entry.trim().split(": ") as [string, string]),
);

/** Auxiliary and subject, and what is asked of them. */
function partsOf(source: string): { pair: string; rest: string } {
  const [auxiliary, subject, ...rest] = source
    .replace(/^[a-z ]+[,:] /, "")
    .replace(/\?$/, "")
    .split(" ");
  return { pair: `${auxiliary} ${subject}`, rest: rest.join(" ") };
}

const EXAMPLES = [...distinctExamples(QUESTIONS, { seed: 5, count: 20_000 })];

test("the answer follows from the question", () => {
  const wrong = EXAMPLES.filter(({ source, target }) => {
    const { pair, rest } = partsOf(source);
    return target !== `${RULE.get(pair)} ${rest}.`;
  });
  expect(wrong).toEqual([]);
  expect(new Set(EXAMPLES.map(({ source }) => partsOf(source).pair))).toEqual(new Set(RULE.keys()));
});

test("are you free tomorrow? is answered", () => {
  const asked = EXAMPLES.filter(({ source }) => source.endsWith("are you free tomorrow?"));
  expect(new Set(asked.map(({ target }) => target))).toEqual(new Set(["Yes, I am free tomorrow."]));
});

/** How often a guess from some of the words is right, when the likelier answer is always guessed. */
function guessed(wordsOf: (source: string) => string): number {
  const counts = new Map<string, [number, number]>();
  for (const { source, target } of EXAMPLES) {
    const key = wordsOf(source);
    const count = counts.get(key) ?? [0, 0];
    count[target.startsWith("Yes") ? 0 : 1]++;
    counts.set(key, count);
  }
  return [...counts.values()].reduce((sum, count) => sum + Math.max(...count), 0) / EXAMPLES.length;
}

test("neither auxiliary nor subject alone tells yes from no, nor does the rest; both together do", () => {
  expect(guessed((source) => partsOf(source).pair)).toBe(1);
  expect(guessed((source) => partsOf(source).pair.split(" ")[0] as string)).toBeLessThan(0.62);
  expect(guessed((source) => partsOf(source).pair.split(" ")[1] as string)).toBeLessThan(0.62);
  expect(guessed((source) => partsOf(source).rest.split(" ").at(-1) as string)).toBeLessThan(0.62);
  expect(guessed((source) => /^[a-z ]+[,:]/.exec(source)?.[0] ?? "")).toBeLessThan(0.62);
});

test("each auxiliary and each subject is answered with either word", () => {
  for (const place of [0, 1]) {
    const answers = new Map<string, Set<string>>();
    for (const [pair, beginning] of RULE) {
      const word = pair.split(" ")[place] as string;
      answers.set(word, (answers.get(word) ?? new Set()).add(beginning.split(",")[0] as string));
    }
    for (const [word, words] of answers) expect([word, words.size]).toEqual([word, 2]);
  }
});

test("the span is that of auxiliary and subject, in code points", () => {
  for (const { source } of EXAMPLES) {
    expect([...source].slice(...askerSpan(source)).join("")).toBe(partsOf(source).pair);
  }
  expect(askerSpan("are you free tomorrow?")).toEqual([0, 7]);
  expect(askerSpan("tell me, is he happy?")).toEqual([9, 14]);
  expect(() => askerSpan("where are you?")).toThrow(
    new RangeError('askerSpan: expected a question of the generator questions but found "where are you?"'),
  );
});

test("the words of auxiliary and subject stand nowhere else", () => {
  const words = new Set([...RULE.keys()].flatMap((pair) => pair.split(" ")));
  const wrong = EXAMPLES.filter(({ source }) => source.split(/[ ,:?]+/).filter((word) => words.has(word)).length !== 2);
  expect(wrong).toEqual([]);
});

test("pinned examples do not change", () => {
  const pinned = Array.from({ length: 6 }, (_, index) => QUESTIONS.example({ seed: 1, index }));
  expect(pinned.map(({ source, target }) => `${source} → ${target}`)).toEqual([
    "have they known the key? → Yes, they have known the key.",
    "were we at the market? → No, we were not at the market.",
    "so, could they sell the small house this morning? → Yes, they could sell the small house this morning.",
    "does she draw the bridge? → No, she does not draw the bridge.",
    "will I visit the broken garden? → Yes, you will visit the broken garden.",
    "excuse me, does she paint the quiet coat? → No, she does not paint the quiet coat.",
  ]);
});
