import { useEffect, useRef, useState } from "preact/hooks";
import { CATALOGUE } from "../../messages/catalogue.ts";
import { errorLine } from "../../messages/errors.ts";
import { ABOUT_ZH, CHOOSE_ZH } from "../../messages/mechanisms.ts";
import { useMessages } from "../../messages/table.ts";
import { CopyButton } from "../../shell/copy-button.tsx";
import { View } from "../../shell/view.tsx";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import type { MechanismFacts } from "../../worker/catalogue-api.ts";
import { type CardState, rowOf, useCard } from "./card-state.ts";
import { PlaneView } from "./plane-view.tsx";
import { Stages } from "./stages.tsx";

/** What the list and the doc comment say of a mechanism. */
export type CardFacts = MechanismFacts & { readonly formula?: string; readonly example?: string };

/** What a card shows, as far as a link says so. */
export interface CardChoice {
  /** Which of the mechanism's problems. */
  readonly problem: number;
  readonly query: number;
  readonly head: number;
}

export const FIRST_CHOICE: CardChoice = { problem: 0, query: 0, head: 0 };

export interface CardProps {
  readonly facts: CardFacts;
  /** What a link to this card says; undefined where the address is about another card, or none. */
  readonly linked: CardChoice | undefined;
  readonly linkTo: (name: string, choice: CardChoice) => string;
  /** Hears of what the reader chose, for the address. */
  readonly onChoice: (choice: CardChoice) => void;
}

/** What a card shows: as its link says, or as it was last chosen while the address was about this card. */
function useChoice({ linked, onChoice }: Pick<CardProps, "linked" | "onChoice">) {
  const [own, setOwn] = useState(FIRST_CHOICE);
  const choice = linked ?? own;
  // What a link has said stays when the address comes to be about another card.
  useEffect(() => {
    if (linked) setOwn(linked);
  }, [linked?.problem, linked?.query, linked?.head]);
  const hasChosen = useRef(false);
  const choose = (changes: Partial<CardChoice>) => {
    hasChosen.current = true;
    const next = { ...choice, ...changes };
    setOwn(next);
    onChoice(next);
  };
  return { choice, choose, hasChosen };
}

/** A mechanism of the list: what it is, where it is from, and the thing itself at work. */
export function Card({ facts, linked, linkTo, onChoice }: CardProps) {
  const words = useMessages(CATALOGUE);
  const card = useRef<HTMLElement>(null);
  const isSeen = useSeen(card);
  const { choice, choose, hasChosen } = useChoice({ linked, onChoice });
  const state = useCard(facts.name, choice.problem, isSeen);
  const isLinked = linked !== undefined;
  const isAtWork = isLinked && state.walk !== undefined;
  useEffect(() => {
    if (!isLinked) hasChosen.current = false;
    // Once more when the card is at work: those before it have grown meanwhile. What the reader is at stays where it is.
    else if (!hasChosen.current) card.current?.scrollIntoView({ block: "start" });
  }, [isLinked, isAtWork]);
  const { name, authors, year, title, section } = facts;
  const lang = useStore(language);
  const isChinese = lang === "zh-CN";
  const use = (isChinese && CHOOSE_ZH[name]) || facts.choose;
  const about = (isChinese && ABOUT_ZH[facts.task]) || facts.about;
  return (
    <article ref={card} class="panel card stack" aria-labelledby={`card-${name}`} data-mechanism={name}>
      <header class="row spread">
        <h3 id={`card-${name}`}>{name}</h3>
        <a class="muted small" href={linkTo(name, choice)} aria-label={`${words.link}: ${name}`}>
          #
        </a>
      </header>
      <pre class="formula" lang="en">
        {facts.formula?.replace(/ {4,}/g, "\n")}
      </pre>
      <p>{use}</p>
      <p class="muted small" lang="en">
        {authors} {year}, <cite>{title}</cite>, {section}
      </p>
      <p class="muted small">
        {words.task}: {about}
      </p>
      {state.fault !== undefined && (
        <p class="notice" role="alert">
          {errorLine(state.fault, lang)}
        </p>
      )}
      <Live state={state} code={facts.example ?? ""} choice={choice} choose={choose} />
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

interface LiveProps {
  readonly state: CardState;
  readonly code: string;
  readonly choice: CardChoice;
  readonly choose: (changes: Partial<CardChoice>) => void;
}

function Live({ state, code, choice, choose }: LiveProps) {
  const words = useMessages(CATALOGUE);
  const { given, input, walk } = state;
  const { query, head, problem } = choice;
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
            onQuery={(next) => next !== query && choose({ query: next })}
            onMove={state.moveQuery}
          />
          {rows.length > 1 && <Queries names={rows} query={row} onQuery={(next) => choose({ query: next })} />}
          <p class="muted small">{words.queryHint}</p>
        </div>
        <Stages given={given} walk={walk} query={row} head={Math.min(head, heads - 1)} />
      </div>
      {heads > 1 && <Heads count={heads} head={head} onHead={(next) => choose({ head: next })} />}
      <Actions state={state} code={code} onNext={() => choose({ problem: problem + 1 })} />
      <details>
        <summary>{words.all}</summary>
        <View tag="fovea-attention-map" set={{ map, bars: true }} />
      </details>
    </div>
  );
}

interface QueriesProps {
  readonly names: readonly string[];
  readonly query: number;
  readonly onQuery: (query: number) => void;
}

/** Which query the stages are of: in the plane one may lie on another. */
function Queries({ names, query, onQuery }: QueriesProps) {
  const words = useMessages(CATALOGUE);
  return (
    <label class="row small card-query">
      {words.queries}
      <select value={query} onChange={(event) => onQuery(Number(event.currentTarget.value))}>
        {names.map((name, i) => (
          <option key={`query-${i}`} value={i}>
            {words.queryPlace(name, i + 1, names.length)}
          </option>
        ))}
      </select>
    </label>
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

interface ActionsProps {
  readonly state: CardState;
  readonly code: string;
  readonly onNext: () => void;
}

function Actions({ state, code, onNext }: ActionsProps) {
  const words = useMessages(CATALOGUE);
  const { training, isTrained } = state;
  return (
    <div class="row">
      <button type="button" class="button small" onClick={onNext}>
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
      <CopyButton text={code} label={words.copy} />
      <span class="muted small" role="status">
        {training ? words.training(training.step, training.steps) : isTrained ? words.trained : words.untrained}
      </span>
    </div>
  );
}
