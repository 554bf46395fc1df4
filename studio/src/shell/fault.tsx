import { sayError } from "../messages/errors.ts";
import { type Table, useMessages } from "../messages/table.ts";
import { messageOf } from "../state/notices.ts";
import { language } from "../state/preferences.ts";
import { useStore } from "../state/store.ts";

const WORDS: Table<{ expected: string; found: string; mend: string }> = {
  en: { expected: "Expected", found: "Found", mend: "What helps" },
  "zh-CN": { expected: "应为", found: "实为", mend: "解决办法" },
};

/** What went wrong, what was expected, what was found, and what helps. */
export function Fault({ title, error }: { readonly title: string; readonly error: unknown }) {
  const words = useMessages(WORDS);
  const said = sayError(messageOf(error), useStore(language));
  return (
    <section class="fault stack tight" role="alert">
      <h2>{title}</h2>
      {"sentence" in said ? (
        <p lang={said.isForeign ? "en" : undefined}>{said.sentence}</p>
      ) : (
        <dl class="facts">
          <dt>{words.expected}</dt>
          <dd>{said.expected}</dd>
          <dt>{words.found}</dt>
          <dd>{said.found}</dd>
          {said.mend && <dt>{words.mend}</dt>}
          {said.mend && <dd>{said.mend}</dd>}
        </dl>
      )}
    </section>
  );
}
