import { type Language, tokenText } from "fovea/views";
import { useRef } from "preact/hooks";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { messageOf } from "../../state/notices.ts";
import { language } from "../../state/preferences.ts";
import type { Update } from "../../state/route.ts";
import { useStore } from "../../state/store.ts";
import type { LeftOut } from "./ask.ts";
import { type LookState, NO_CHANGES } from "./look-state.ts";
import { LOOK_WORDS, type LookWords, type Unit } from "./messages.ts";
import { goesOn, unitOf } from "./tasks.ts";
import type { Reading } from "./use-reading.ts";
import { changesOf, differenceCount, type OneChange, without } from "./what-if.ts";

const MOST_TOKENS = 4;

interface Naming {
  readonly words: LookWords;
  readonly unit: Unit;
}

/** A change in words; a place that the text has not by its number. */
function say(change: OneChange, columns: readonly string[], { words, unit }: Naming): string {
  if (change.kind === "written") return words.written(change.written.step + 1, tokenText(change.written.token));
  if (change.kind === "masked") {
    const token = columns[change.place];
    const place = change.place + 1;
    return token === undefined ? words.maskedPlace(place, unit) : words.masked(tokenText(token), place);
  }
  const { step, shares } = change.forced;
  const strongest = shares.toSorted((a, b) => b.share - a.share).slice(0, MOST_TOKENS);
  const tokens = strongest.map(({ place }) => {
    const token = columns[place];
    return token === undefined ? words.place(place + 1, unit) : `“${tokenText(token)}”`;
  });
  return words.forced(step + 1, tokens.join(" ") + (shares.length > MOST_TOKENS ? " …" : ""));
}

interface Saying extends Naming {
  readonly reading: Reading;
  readonly lang: Language;
}

/** What was left out, and why: the model's own reason, or that there is no such place. */
function sayLeftOut({ change, why }: LeftOut, { reading, words, unit, lang }: Saying): string {
  const { columns, rows } = reading.a.map;
  const reason =
    why === undefined ? words.notThere(columns.length, rows.length, unit) : errorLine(messageOf(why), lang);
  return `${words.leftOut(say(change, columns, { words, unit }))} ${reason}`;
}

export interface WhatIfPanelProps {
  readonly task: string;
  readonly reading: Reading;
  readonly state: LookState;
  readonly update: Update<LookState>;
  /** Whether the present text is not read at all: then what stands below is of another. */
  readonly isOfAnother: boolean;
}

/** The reader's changes, each to be taken back, and what came of them. Its room is there before there are any. */
export function WhatIfPanel({ task, reading, state, update, isOfAnother }: WhatIfPanelProps) {
  const words = useMessages(LOOK_WORDS);
  const lang = useStore(language);
  const section = useRef<HTMLElement>(null);
  const { a, b, applied, left } = reading;
  const unit = unitOf(task);
  const isIdle = isOfAnother || changesOf(applied).length + left.length === 0;
  const takeBack = (changes: Partial<LookState>) => {
    // The button that has the focus goes.
    section.current?.focus();
    update(changes, "push");
  };
  return (
    <section ref={section} class="what-if stack tight" tabIndex={-1} aria-label={words.whatIf}>
      {isOfAnother && <p class="notice">{words.stillOf(reading.text)}</p>}
      {isIdle && !isOfAnother && <p class="muted small">{words.whatIfHint(unit)}</p>}
      {!isIdle && (
        <>
          <div class="row">
            <h2>{words.whatIf}</h2>
            <ul class="row plain">
              {changesOf(applied).map((change) => {
                const text = say(change, a.map.columns, { words, unit });
                return (
                  <li key={text} class="chip on">
                    <span>{text}</span>
                    <button
                      type="button"
                      class="icon"
                      aria-label={`${words.remove}: ${text}`}
                      title={words.remove}
                      onClick={() => takeBack(without(state, change))}
                    >
                      ✕
                    </button>
                  </li>
                );
              })}
            </ul>
            <button type="button" class="button small" onClick={() => takeBack(NO_CHANGES)}>
              {words.reset}
            </button>
            {b && <Outcome unlike={differenceCount(a.map.rows, b.map.rows)} unit={unit} />}
          </div>
          {applied.written.length > 0 && !goesOn(task) && (
            <p class="muted small">{task === "classify" ? words.onlyLabel : words.onlyItself}</p>
          )}
          {left.length > 0 && (
            <div class="notice small">
              <ul class="plain stack tight">
                {left.map((one) => {
                  const text = sayLeftOut(one, { reading, words, unit, lang });
                  return <li key={text}>{text}</li>;
                })}
              </ul>
            </div>
          )}
        </>
      )}
    </section>
  );
}

/** In how many tokens the answers differ. */
function Outcome({ unlike, unit }: { readonly unlike: number; readonly unit: Unit }) {
  const words = useMessages(LOOK_WORDS);
  return <p>{unlike === 0 ? words.same : words.differs(unlike, unit)}</p>;
}
