import { useEffect, useRef, useState } from "preact/hooks";
import { CATALOGUE } from "../../messages/catalogue.ts";
import { ABOUT_ZH, CHOOSE_ZH } from "../../messages/mechanisms.ts";
import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import type { MechanismFacts } from "../../worker/catalogue-api.ts";
import { type CardState, rowOf, useCard } from "./card-state.ts";
import { PlaneView } from "./plane-view.tsx";
import { Stages } from "./stages.tsx";

/** What the list and the doc comment say of a mechanism. */
export type CardFacts = MechanismFacts & { readonly formula?: string; readonly example?: string };

/** A mechanism of the list: what it is, where it is from, and the thing itself at work. */
export function Card({ facts, isLinked }: { readonly facts: CardFacts; readonly isLinked: boolean }) {
  const words = useMessages(CATALOGUE);
  const card = useRef<HTMLElement>(null);
  const isSeen = useSeen(card);
  const state = useCard(facts.name, isSeen);
  const isAtWork = isLinked && state.walk !== undefined;
  useEffect(() => {
    // Once more when the card is at work: those before it have grown meanwhile.
    if (isLinked || isAtWork) card.current?.scrollIntoView({ block: "start" });
  }, [isLinked, isAtWork]);
  const { name, authors, year, title, section } = facts;
  const isChinese = useStore(language) === "zh-CN";
  const choose = (isChinese && CHOOSE_ZH[name]) || facts.choose;
  const about = (isChinese && ABOUT_ZH[facts.task]) || facts.about;
  return (
    <article ref={card} class="panel card stack" aria-labelledby={`card-${name}`} data-mechanism={name}>
      <header class="row spread">
        <h3 id={`card-${name}`}>{name}</h3>
        <a class="muted small" href={`#/catalogue?m=${name}`} aria-label={`${words.link}: ${name}`}>
          #
        </a>
      </header>
      <pre class="formula" lang="en">
        {facts.formula?.replace(/ {4,}/g, "\n")}
      </pre>
      <p>{choose}</p>
      <p class="muted small" lang="en">
        {authors} {year}, <cite>{title}</cite>, {section}
      </p>
      <p class="muted small">
        {words.task}: {about}
      </p>
      {state.fault !== undefined && (
        <p class="notice" role="alert">
          {state.fault}
        </p>
      )}
      <Live state={state} code={facts.example ?? ""} />
    </article>
  );
}

/** Whether an element has been near the visible part of the page. */
function useSeen(element: { readonly current: HTMLElement | null }): boolean {
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!element.current || isSeen) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setSeen(true),
      { rootMargin: "200px" },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, isSeen]);
  return isSeen;
}

function Live({ state, code }: { readonly state: CardState; readonly code: string }) {
  const words = useMessages(CATALOGUE);
  const [query, setQuery] = useState(0);
  const [head, setHead] = useState(0);
  const { given, input, walk } = state;
  if (!given || !input || !walk) return <div class="live waiting" aria-hidden="true" />;
  const heads = walk.weights.length;
  const shown = walk.weights[Math.min(head, heads - 1)];
  if (!shown) return null;
  const row = Math.min(query, shown.rows - 1);
  const { rows, columns } = given.problem;
  const map = { axes: "queries" as const, rows, columns, weights: shown.data };
  return (
    <div class="live stack">
      <div class="live-grid">
        <div>
          <PlaneView
            given={given}
            input={input}
            weights={rowOf(shown, row)}
            query={row}
            onQuery={setQuery}
            onMove={state.moveQuery}
          />
          <p class="muted small">{words.queryHint}</p>
        </div>
        <Stages given={given} walk={walk} query={row} head={Math.min(head, heads - 1)} />
      </div>
      {heads > 1 && <Heads count={heads} head={head} onHead={setHead} />}
      <Actions state={state} code={code} />
      <details>
        <summary>{words.all}</summary>
        <View tag="fovea-attention-map" set={{ map, bars: true }} />
      </details>
    </div>
  );
}

function Heads({ count, head, onHead }: { count: number; head: number; onHead: (head: number) => void }) {
  const words = useMessages(CATALOGUE);
  return (
    <fieldset class="segmented" aria-label={words.head}>
      {Array.from({ length: count }, (_, i) => (
        <button key={`head-${i}`} type="button" aria-pressed={i === head} onClick={() => onHead(i)}>
          {words.head} {i + 1}
        </button>
      ))}
    </fieldset>
  );
}

function Actions({ state, code }: { readonly state: CardState; readonly code: string }) {
  const words = useMessages(CATALOGUE);
  const [isCopied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(code).then(() => setCopied(true));
  const { training, isTrained } = state;
  return (
    <div class="row">
      <button type="button" class="button small" onClick={state.nextProblem}>
        {words.next}
      </button>
      <button type="button" class="button small" onClick={state.putBack}>
        {words.back}
      </button>
      {training ? (
        <progress
          value={training.step}
          max={training.steps || 1}
          aria-label={words.training(training.step, training.steps)}
        />
      ) : (
        <button
          type="button"
          class={isTrained ? "button small" : "button small primary"}
          onClick={() => void (isTrained ? state.forget() : state.train())}
        >
          {isTrained ? words.forget : words.train}
        </button>
      )}
      <button type="button" class="button small" onClick={() => void copy()}>
        {isCopied ? words.copied : words.copy}
      </button>
      <span class="muted small" role="status">
        {training ? words.training(training.step, training.steps) : isTrained ? words.trained : words.untrained}
      </span>
    </div>
  );
}
