import "../../styles/catalogue.css";
import { loadTexts } from "virtual:mechanism-texts";
import { useEffect, useState } from "preact/hooks";
import { CATALOGUE } from "../../messages/catalogue.ts";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { type Fields, formatAddress, placeField, textField, writeFields } from "../../state/hash.ts";
import { messageOf } from "../../state/notices.ts";
import { language } from "../../state/preferences.ts";
import { useRouteState } from "../../state/route.ts";
import { useStore } from "../../state/store.ts";
import { Card, type CardChoice, type CardFacts } from "./card.tsx";
import { catalogueWorker } from "./card-state.ts";
import { isFound } from "./search.ts";

interface CatalogueState {
  /** The card that a link leads to. */
  readonly m: string;
  /** Its problem, the query and the head that are shown, from 0. */
  readonly problem: number | undefined;
  readonly q: number | undefined;
  readonly head: number | undefined;
  /** What is looked for. */
  readonly find: string;
}

const FIELDS: Fields<CatalogueState> = {
  m: textField("", 64),
  problem: placeField(9999),
  q: placeField(99),
  head: placeField(99),
  find: textField("", 64),
};

/** What the address says of its card. Those that are as they begin are not written. */
function choiceOf({ problem = 0, q = 0, head = 0 }: CatalogueState): CardChoice {
  return { problem, query: q, head };
}

function fieldsOf({ problem, query, head }: CardChoice): Omit<CatalogueState, "m" | "find"> {
  return { problem: problem || undefined, q: query || undefined, head: head || undefined };
}

/** No card to be led to: it would come up before what is looked for. */
const NO_CARD: Omit<CatalogueState, "find"> = { m: "", problem: undefined, q: undefined, head: undefined };

/** A link to a card as it is. */
function linkTo(m: string, choice: CardChoice): string {
  const values = writeFields(FIELDS, { m, find: "", ...fieldsOf(choice) });
  return formatAddress({ page: "catalogue", values });
}

/** Every mechanism of the list, live. */
export function CataloguePage() {
  const words = useMessages(CATALOGUE);
  const [state, update] = useRouteState("catalogue", FIELDS);
  const [mechanisms, setMechanisms] = useState<readonly CardFacts[]>([]);
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    Promise.all([catalogueWorker().call("mechanisms"), loadTexts()])
      .then(([facts, texts]) => setMechanisms(facts.map((one) => ({ ...one, ...texts[one.name] }))))
      .catch((error: unknown) => setFault(messageOf(error)));
  }, []);
  const lang = useStore(language);
  const found = mechanisms.filter((facts) => isFound(facts, state.find, words.families[facts.family]));
  const families = [...new Set(found.map(({ family }) => family))];
  return (
    <div class="stack page-catalogue">
      <h1>{words.title}</h1>
      {mechanisms.length > 0 && <p class="muted">{words.intro(mechanisms.length)}</p>}
      <label class="row">
        <span>{words.search}</span>
        <input
          type="search"
          class="input"
          value={state.find}
          maxLength={64}
          onInput={(event) => update({ ...NO_CARD, find: event.currentTarget.value })}
        />
      </label>
      {fault !== undefined && (
        <p class="notice" role="alert">
          {errorLine(fault, lang)}
        </p>
      )}
      {mechanisms.length > 0 && found.length === 0 && <p>{words.none(state.find)}</p>}
      {families.map((family) => (
        <section key={family} class="stack" aria-labelledby={`family-${family}`}>
          <h2 id={`family-${family}`}>{words.families[family] ?? family}</h2>
          <div class="cards">
            {found
              .filter((facts) => facts.family === family)
              .map((facts) => (
                <Card
                  key={facts.name}
                  facts={facts}
                  linked={facts.name === state.m ? choiceOf(state) : undefined}
                  linkTo={linkTo}
                  onChoice={(choice) => update({ m: facts.name, ...fieldsOf(choice) })}
                />
              ))}
          </div>
        </section>
      ))}
    </div>
  );
}
