import { type Table, useMessages } from "../messages/table.ts";
import { messageOf } from "../state/notices.ts";

const WORDS: Table<{ expected: string; found: string; mend: string }> = {
  en: { expected: "Expected", found: "Found", mend: "What helps" },
  "zh-CN": { expected: "应为", found: "实为", mend: "解决办法" },
};

/** An error's message in its parts: *owner: expected X but found Y; mend*. */
export function faultParts(message: string): { expected: string; found: string; mend?: string } | undefined {
  const match = /^[\w ]+: expected (.+?) but found:? (.+?)(?:; (.+))?$/s.exec(message);
  if (!match) return undefined;
  const [, expected = "", found = "", mend] = match;
  return { expected, found, ...(mend === undefined ? {} : { mend }) };
}

/** What went wrong, what was expected, what was found, and what helps. */
export function Fault({ title, error }: { readonly title: string; readonly error: unknown }) {
  const words = useMessages(WORDS);
  const message = messageOf(error);
  const parts = faultParts(message);
  return (
    <section class="fault stack tight" role="alert">
      <h2>{title}</h2>
      {parts ? (
        <dl class="facts">
          <dt>{words.expected}</dt>
          <dd>{parts.expected}</dd>
          <dt>{words.found}</dt>
          <dd>{parts.found}</dd>
          {parts.mend && <dt>{words.mend}</dt>}
          {parts.mend && <dd>{parts.mend}</dd>}
        </dl>
      ) : (
        <p>{message}</p>
      )}
    </section>
  );
}
