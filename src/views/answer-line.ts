import { confidenceText } from "../tasks/confidence.ts";
import type { Prediction } from "../tasks/events.ts";
import type { Language } from "./messages.ts";
import { visibleText } from "./token-text.ts";

/** The words of doubt. */
const WORDS: Readonly<
  Record<Language, { confidence: string; unreal: string; between: string; doubtful: (doubts: string) => string }>
> = {
  en: {
    confidence: "confidence",
    unreal: "not a real date",
    between: ", ",
    doubtful: (doubts) => `? doubtful (${doubts})`,
  },
  "zh-CN": {
    confidence: "置信度",
    unreal: "并非真实日期",
    between: "，",
    doubtful: (doubts) => `? 存疑（${doubts}）`,
  },
};

/** An answer for people, always one line: the output first, then what there is to doubt, as `1998-02-31  ? doubtful (…)`. */
export function predictionLine(answer: Prediction, language: Language = "en"): string {
  const output = visibleText(answer.output);
  return isDoubtful(answer) ? `${output}  ${WORDS[language].doubtful(doubtsOf(answer, language))}` : output;
}

/** Whether it is known to be uncertain or invalid; what a model does not judge casts no doubt. */
export function isDoubtful({ certain, valid }: Prediction): boolean {
  return certain === false || valid === false;
}

/** As `confidence 0.41, not a real date`. */
export function doubtsOf({ confidence, valid }: Prediction, language: Language = "en"): string {
  const words = WORDS[language];
  const share = `${words.confidence} ${confidenceText(confidence)}`;
  return valid === false ? `${share}${words.between}${words.unreal}` : share;
}
