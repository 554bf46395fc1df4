import "../../styles/catalogue.css";
import { loadTexts } from "virtual:mechanism-texts";
import { useEffect, useState } from "preact/hooks";
import { CATALOGUE } from "../../messages/catalogue.ts";
import { useMessages } from "../../messages/table.ts";
import { type Fields, textField } from "../../state/hash.ts";
import { messageOf } from "../../state/notices.ts";
import { useRouteState } from "../../state/route.ts";
import type { MechanismFacts } from "../../worker/catalogue-api.ts";
import { Card, type CardFacts } from "./card.tsx";
import { catalogueWorker } from "./card-state.ts";

interface CatalogueState {
  /** The card that a link leads to. */
  readonly m: string;
  /** What is looked for. */
  readonly find: string;
}

const FIELDS: Fields<CatalogueState> = { m: textField("", 64), find: textField("", 64) };

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
  const found = mechanisms.filter((facts) => isFound(facts, state.find));
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
          onInput={(event) => update({ find: event.currentTarget.value })}
        />
      </label>
      {fault !== undefined && (
        <p class="notice" role="alert">
          {fault}
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
                <Card key={facts.name} facts={facts} isLinked={facts.name === state.m} />
              ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function isFound({ name, title, authors, choose, family }: MechanismFacts, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return [name, title, authors, choose, family].some((part) => part.toLowerCase().includes(wanted));
}
