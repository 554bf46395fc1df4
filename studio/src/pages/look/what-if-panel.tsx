import { tokenText } from "fovea/views";
import { useMessages } from "../../messages/table.ts";
import { messageOf } from "../../state/notices.ts";
import { NO_CHANGES } from "./look-state.ts";
import { LOOK_WORDS, type LookWords } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";
import { changesOf, differences, type OneChange } from "./what-if.ts";

const MOST_TOKENS = 4;

function say(change: OneChange, columns: readonly string[], words: LookWords): string {
  if (change.kind === "masked") return words.masked(tokenText(columns[change.place] ?? ""), change.place + 1);
  if (change.kind === "written") return words.written(change.written.step + 1, tokenText(change.written.token));
  const { step, shares } = change.forced;
  const strongest = shares.toSorted((a, b) => b.share - a.share).slice(0, MOST_TOKENS);
  const tokens = strongest.map(({ place }) => `“${tokenText(columns[place] ?? "")}”`);
  return words.forced(step + 1, tokens.join(" ") + (shares.length > MOST_TOKENS ? " …" : ""));
}

/** The reader's changes, each to be taken back, and what came of them. */
export function WhatIfPanel({ reading, state, update }: PanelProps) {
  const words = useMessages(LOOK_WORDS);
  const changes = changesOf(state);
  const { a, b, refused } = reading;
  const unlike = b ? differences(a.map.rows, b.map.rows).length : 0;
  if (changes.length === 0) return <p class="muted small what-if-hint">{words.whatIfHint}</p>;
  return (
    <section class="panel stack tight what-if" aria-label={words.whatIf}>
      <header class="row spread">
        <h2>{words.whatIf}</h2>
        <button type="button" class="button small" onClick={() => update(NO_CHANGES, "push")}>
          {words.reset}
        </button>
      </header>
      <ul class="row plain">
        {changes.map((change) => {
          const text = say(change, a.map.columns, words);
          return (
            <li key={text} class="chip on">
              <span>{text}</span>
              <button
                type="button"
                class="icon"
                aria-label={`${words.remove}: ${text}`}
                title={words.remove}
                onClick={() => update(change.without, "push")}
              >
                ✕
              </button>
            </li>
          );
        })}
      </ul>
      {b && <p>{unlike === 0 ? words.same : words.differs(unlike)}</p>}
      {state.written.length > 0 && <p class="muted small">{words.onlyItself}</p>}
      {refused !== undefined && <p class="notice bad">{messageOf(refused)}</p>}
    </section>
  );
}
