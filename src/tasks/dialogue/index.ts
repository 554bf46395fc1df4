import type { Recipe } from "../recipe.ts";
import { sequenceRecipe } from "../sequence/recipe.ts";
import { fitSentences, SENTENCE_DEFAULTS } from "../sequence/sentences.ts";
import type { SequenceTask } from "../sequence/task.ts";

/** Answers to what was said. All turns of a dialogue go to the same side of the split. */
export const DIALOGUE: SequenceTask = {
  name: "dialogue",
  summary: "a reply to what was said, from a file of turns and replies, told apart by dialogue",
  title: "Conversation partner",
  roles: [
    { name: "source", headers: ["turn", "source", "question", "user", "input", "text"] },
    { name: "target", headers: ["reply", "target", "answer", "system", "output", "expected"] },
    { name: "dialogue", headers: ["dialogue", "conversation", "group", "id"], optional: true },
  ],
  measure: "perplexity",
  isExact: false,
  splitBy: "dialogue",
  defaults: {
    ...SENTENCE_DEFAULTS,
    sourceTokens: "word",
    targetTokens: "word",
    lowercase: true,
    lengthPenalty: 0.6,
    model: { ...SENTENCE_DEFAULTS.model, embeddingDim: 128, encoderDim: 128, decoderDim: 128, attentionDim: 128 },
  },
  fit: (defaults, facts) => fitSentences(defaults, facts, { epochs: 20 }),
};

export const dialogue: Recipe = sequenceRecipe(DIALOGUE);
