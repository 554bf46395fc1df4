import type { Rng } from "../../tensor/random.ts";
import { type Form, type Generated, type Generator, generatorOf } from "./generator.ts";
import { OPENERS, QUALITIES, STATES, THINGS, VERBS, WHEN } from "./question-words.ts";

/**
 * Yes/no questions and their answers: `are you free tomorrow?` → `Yes, I am free tomorrow.`, `is he happy?` → `No, he is not
 * happy.` All else than the first word is grammar and copying. The first word is decided by auxiliary and subject together, and by
 * neither alone: auxiliaries are of two kinds (`are is can do should` and `were was could will does have has`), subjects too (`you we
 * she` and `I they he`); it is `Yes` where both are of the first kind or both of the second, else `No`. So every auxiliary is
 * answered with either word, and so is every subject. Some questions have an opener before them (`tell me, are you …`), so
 * that the place in the text does not tell either.
 */

interface Auxiliary {
  readonly word: string;
  readonly isFirstKind: boolean;
  readonly subjects: readonly string[];
  /** What follows: a state, a plain verb or a participle; and the times that fit. */
  readonly rest: "state" | "verb" | "participle";
  readonly when: keyof typeof WHEN;
}

const ALL = ["you", "we", "she", "I", "they", "he"];
const FIRST_KIND: ReadonlySet<string> = new Set(["you", "we", "she"]);
const PLURAL = ["you", "we", "they"];
const SINGULAR = ["she", "he"];

const AUXILIARIES: readonly Auxiliary[] = [
  { word: "are", isFirstKind: true, subjects: PLURAL, rest: "state", when: "next" },
  { word: "is", isFirstKind: true, subjects: SINGULAR, rest: "state", when: "next" },
  { word: "can", isFirstKind: true, subjects: ALL, rest: "verb", when: "next" },
  { word: "do", isFirstKind: true, subjects: ["I", ...PLURAL], rest: "verb", when: "often" },
  { word: "should", isFirstKind: true, subjects: ALL, rest: "verb", when: "next" },
  { word: "were", isFirstKind: false, subjects: PLURAL, rest: "state", when: "over" },
  { word: "was", isFirstKind: false, subjects: ["I", ...SINGULAR], rest: "state", when: "over" },
  { word: "could", isFirstKind: false, subjects: ALL, rest: "verb", when: "over" },
  { word: "will", isFirstKind: false, subjects: ALL, rest: "verb", when: "next" },
  { word: "does", isFirstKind: false, subjects: SINGULAR, rest: "verb", when: "often" },
  { word: "have", isFirstKind: false, subjects: ["I", ...PLURAL], rest: "participle", when: "next" },
  { word: "has", isFirstKind: false, subjects: SINGULAR, rest: "participle", when: "next" },
];

/** Who answers: `you` becomes `I`, and `I` becomes `you`. */
function answerer(subject: string): string {
  return subject === "you" ? "I" : subject === "I" ? "you" : subject;
}

/** The auxiliary of the answer. */
function answerWord(word: string, subject: string): string {
  if (subject === "you" && word === "are") return "am";
  if (subject === "you" && word === "were") return "was";
  return subject === "I" && word === "was" ? "were" : word;
}

function drawRest(rng: Rng, { rest, when }: Auxiliary): string {
  const time = rng.uniform() < 0.6 ? ` ${rng.pick(WHEN[when])}` : "";
  if (rest === "state") return `${rng.pick(STATES)}${time}`;
  const [plain, participle] = rng.pick(VERBS);
  const quality = rng.uniform() < 0.5 ? `${rng.pick(QUALITIES)} ` : "";
  const verb = rest === "verb" ? plain : participle;
  // What has been done has no time: `have you seen the map?`
  return `${verb} the ${quality}${rng.pick(THINGS)}${rest === "verb" ? time : ""}`;
}

function ask(auxiliary: Auxiliary, subject: string, rest: string): Generated {
  const { word, isFirstKind } = auxiliary;
  const isYes = isFirstKind === FIRST_KIND.has(subject);
  const start = `${answerer(subject)} ${answerWord(word, subject)}`;
  const target = isYes ? `Yes, ${start} ${rest}.` : `No, ${start} not ${rest}.`;
  return { source: `${word} ${subject} ${rest}?`, target };
}

function drawQuestion(rng: Rng): Generated {
  const auxiliary = rng.pick(AUXILIARIES);
  return ask(auxiliary, rng.pick(auxiliary.subjects), drawRest(rng, auxiliary));
}

const FORMS: readonly Form[] = [
  {
    name: "plain",
    share: 7,
    example: { source: "are you free tomorrow?", target: "Yes, I am free tomorrow." },
    draw: drawQuestion,
  },
  {
    name: "opener",
    share: 3,
    example: { source: "tell me, is he happy?", target: "No, he is not happy." },
    draw(rng) {
      const { source, target } = drawQuestion(rng);
      return { source: `${rng.pick(OPENERS)} ${source}`, target };
    },
  },
];

export const QUESTIONS: Generator = generatorOf({
  name: "questions",
  summary: "yes/no questions → answers",
  alphabet: { source: " ,:?Iabcdefghijklmnopqrstuvwxy", target: " ,.INYabcdefghiklmnopqrstuvwxy" },
  forms: FORMS,
});

/** From a code point to the one that is no longer of it. */
export type CodePointSpan = readonly [start: number, end: number];

const PAIRS = AUXILIARIES.flatMap(({ word, subjects }) => subjects.map((subject) => `${word} ${subject}`));
const PAIR = new RegExp(`(?<=^|[,:] )(?:${PAIRS.join("|")})(?= )`);

/**
 * Where auxiliary and subject stand in a question of this generator (`are you`): what the first word of its answer is decided by.
 *
 * @throws RangeError for another text
 */
export function askerSpan(question: string): CodePointSpan {
  const found = PAIR.exec(question);
  if (!found) {
    throw new RangeError(
      `askerSpan: expected a question of the generator questions but found ${JSON.stringify(question)}`,
    );
  }
  const start = [...question.slice(0, found.index)].length;
  return [start, start + [...found[0]].length];
}
