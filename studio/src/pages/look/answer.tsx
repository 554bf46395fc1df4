import type { Prediction } from "fovea/tasks";
import { confidenceText, visibleText } from "fovea/views";
import { useMessages } from "../../messages/table.ts";
import { answerParts } from "./answer-parts.ts";
import { LOOK_WORDS } from "./messages.ts";
import type { Reading } from "./use-reading.ts";
import { differences } from "./what-if.ts";

interface AnswerLineProps {
  readonly prediction: Prediction;
  readonly tokens: readonly string[];
  /** Places to be marked as unlike. */
  readonly marked?: readonly number[];
}

/** An answer with how sure the model is of it. */
export function AnswerLine({ prediction, tokens, marked = [] }: AnswerLineProps) {
  const words = useMessages(LOOK_WORDS);
  const { output, confidence, certain, valid } = prediction;
  return (
    <div class="answer-line">
      <output class={isLong(output) ? "answer long" : "answer mono"} aria-label={words.answer} dir="auto">
        {answerParts(output, tokens).map(({ text, place }, i) => (
          <span key={i} class={place !== undefined && marked.includes(place) ? "unlike" : undefined}>
            {visibleText(text)}
          </span>
        ))}
        {output === "" && <span class="muted">{words.nothing}</span>}
      </output>
      <div class="row">
        <span class="meter" aria-hidden="true">
          <span style={{ width: `${100 * confidence}%` }} />
        </span>
        <span class="small">
          {confidenceText(confidence)} <span class="muted">{words.confidence}</span>
        </span>
        {certain !== undefined && (
          <span class={certain ? "badge good" : "badge warn"} title={certain ? words.certainWhy : words.doubtfulWhy}>
            {certain ? `✓ ${words.certain}` : `? ${words.doubtful}`}
          </span>
        )}
        {valid === false && <span class="badge warn">{words.notADate}</span>}
      </div>
    </div>
  );
}

/** Longer answers are read as text, and not sign by sign. */
const isLong = (text: string) => [...text].length > 24;

export interface AnswerProps {
  readonly reading: Reading;
  /** Whether it answers an earlier question, and the next is being read. */
  readonly isStale: boolean;
}

/** The answer, beside it the answer with the reader's changes. */
export function Answer({ reading, isStale }: AnswerProps) {
  const words = useMessages(LOOK_WORDS);
  const { a, b } = reading;
  return (
    <div class={isStale ? "answers stale" : "answers"} aria-live="polite" aria-busy={isStale}>
      <div>
        {b && <h2 class="side-title">A · {words.asItReads}</h2>}
        <AnswerLine prediction={a.prediction} tokens={a.map.rows} />
      </div>
      {b && (
        <div>
          <h2 class="side-title">B · {words.changed}</h2>
          <AnswerLine prediction={b.prediction} tokens={b.map.rows} marked={differences(a.map.rows, b.map.rows)} />
        </div>
      )}
    </div>
  );
}
