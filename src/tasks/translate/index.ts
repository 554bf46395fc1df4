import type { Recipe } from "../recipe.ts";
import { sequenceRecipe } from "../sequence/recipe.ts";
import { fitSentences, SENTENCE_DEFAULTS } from "../sequence/sentences.ts";
import type { SequenceTask } from "../sequence/task.ts";

/** Sentences in another language. */
export const TRANSLATE: SequenceTask = {
  name: "translate",
  summary: "sentences in another language, from a file of sentence pairs",
  title: "Translator",
  roles: [
    { name: "source", headers: ["source", "src", "input", "text", "from"] },
    { name: "target", headers: ["target", "tgt", "output", "translation", "expected", "to"] },
  ],
  measure: "bleu",
  isExact: false,
  defaults: SENTENCE_DEFAULTS,
  fit: (defaults, facts) => fitSentences(defaults, facts, { epochs: 25 }),
};

export const translate: Recipe = sequenceRecipe(TRANSLATE);
