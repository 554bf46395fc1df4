import { useMessages } from "../../messages/table.ts";
import { entries } from "../../state/models.ts";
import { site } from "../../state/site.ts";
import { useStore } from "../../state/store.ts";
import { LOOK_WORDS } from "./messages.ts";

/** What one can do while there is no model. */
export function Empty({ unknown }: { readonly unknown: string | undefined }) {
  const words = useMessages(LOOK_WORDS);
  const { runs } = useStore(site);
  const models = useStore(entries);
  const { train, open, runs: run, catalogue } = words.emptyWays;
  const ways = [
    { page: "train", words: train },
    { page: "open", words: open },
    ...(runs ? [{ page: "runs", words: run }] : []),
    { page: "catalogue", words: catalogue },
  ];
  return (
    <div class="stack empty">
      <header class="stack tight">
        <h1>{words.empty.title}</h1>
        {unknown === undefined ? <p>{words.empty.lead}</p> : <p class="notice">{words.unknownModel(unknown)}</p>}
        {models.length > 0 && (
          <p class="row">
            {models.map(({ name }) => (
              <a key={name} class="chip" href={`#/look?${new URLSearchParams({ model: name })}`}>
                {name}
              </a>
            ))}
          </p>
        )}
      </header>
      <div class="ways">
        {ways.map(({ page, words: [title, text] }) => (
          <a key={page} class="panel way" href={`#/${page}`}>
            <h2>{title}</h2>
            <p class="muted">{text}</p>
          </a>
        ))}
      </div>
    </div>
  );
}
