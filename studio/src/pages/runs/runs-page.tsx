import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import type { Field, Fields } from "../../state/hash.ts";
import { measureOf } from "../../state/measures.ts";
import { useRouteState } from "../../state/route.ts";
import { useStore } from "../../state/store.ts";
import { RUNS as WORDS } from "./messages.ts";
import { RunCurves } from "./run-curves.tsx";
import { RunList } from "./run-list.tsx";
import { MOST_SHOWN, shownRuns, toggled } from "./runs-model.ts";
import { askNow, contact, followAll, followed, runs, visit } from "./runs-store.ts";
import "../train/train.css";
import "./runs.css";

/** Names of runs, each written so that a comma can only part two. */
const namesField: Field<readonly string[] | undefined> = {
  absent: undefined,
  read: (text) => {
    try {
      const names = text === "" ? [] : text.split(",").map(decodeURIComponent);
      return names.length <= MOST_SHOWN ? names : undefined;
    } catch {
      return undefined;
    }
  },
  write: (names) => names?.map(encodeURIComponent).join(","),
};

interface RunsState {
  readonly show: readonly string[] | undefined;
}

const FIELDS: Fields<RunsState> = { show: namesField };

function Empty() {
  const words = useMessages(WORDS);
  return (
    <section class="panel runs-empty">
      <h2>{words.emptyTitle}</h2>
      <p>{words.emptyLead}</p>
      <pre class="code">npx fovea train dates</pre>
      <p class="muted">{words.emptyThen}</p>
    </section>
  );
}

/** Says that the server is away, and for a while that it is there again. */
function Contact() {
  const words = useMessages(WORDS);
  const now = useStore(contact);
  const before = useRef(now);
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    const wasAway = before.current === "away";
    before.current = now;
    if (now !== "there" || !wasAway) return setBack(false);
    setBack(true);
    const timer = setTimeout(() => setBack(false), 6000);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div role="status">
      {now === "away" && (
        <p class="notice">
          <span>{words.away}</span>
          <button type="button" class="button small" onClick={askNow}>
            {words.retry}
          </button>
        </p>
      )}
      {isBack && <p class="notice runs-back">{words.back}</p>}
    </div>
  );
}

export function RunsPage() {
  const words = useMessages(WORDS);
  const all = useStore(runs);
  const live = useStore(followed);
  const state = useStore(contact);
  const [{ show }, update] = useRouteState("runs", FIELDS);
  const names = shownRuns(all, show).join("\n");
  const shown = useMemo(() => (names === "" ? [] : names.split("\n")), [names]);
  const tasks = all.filter(({ name }) => shown.includes(name)).map(({ task }) => task);
  const measures = [...new Set(tasks.map(measureOf))];
  useEffect(visit, []);
  useEffect(() => followAll(shown), [shown]);
  return (
    <div class="stack">
      <header class="stack tight">
        <h1>{words.title}</h1>
        <p class="muted">{words.lead}</p>
        <Contact />
      </header>
      {state === "first" && <p class="muted">{words.loading}</p>}
      {state === "there" && all.length === 0 && <Empty />}
      {all.length > 0 && (
        <>
          <RunList
            runs={all}
            followed={live}
            shown={shown}
            onToggle={(name) => update({ show: toggled(shown, name) })}
          />
          <RunCurves names={shown} followed={live} measures={measures} />
        </>
      )}
    </div>
  );
}
