import type { Recipe } from "../recipe.ts";
import { sequenceRecipe } from "../sequence/recipe.ts";
import { fitSentences, SENTENCE_DEFAULTS } from "../sequence/sentences.ts";
import type { SequenceTask } from "../sequence/task.ts";

/** Headlines of texts. What is most important stands first, so long texts are cut. */
export const SUMMARIZE: SequenceTask = {
  name: "summarize",
  summary: "a short text for a long one, from a file of texts and their headlines",
  title: "Headline writer",
  roles: [
    { name: "source", headers: ["text", "source", "article", "body", "document", "description", "input"] },
    { name: "target", headers: ["headline", "target", "summary", "title", "output", "expected"] },
  ],
  measure: "rougeL",
  isExact: false,
  defaults: {
    ...SENTENCE_DEFAULTS,
    truncate: true,
    model: { ...SENTENCE_DEFAULTS.model, encoderDim: 128, dropout: 0.4 },
  },
  fit: (defaults, facts) => {
    const fitted = fitSentences(defaults, facts, { epochs: 25 });
    return { ...fitted, sourceLen: Math.min(fitted.sourceLen, 100) };
  },
};

export const summarize: Recipe = sequenceRecipe(SUMMARIZE);
