import type { Faithfulness } from "fovea/tasks";
import { useEffect, useState } from "preact/hooks";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { faithfulness } from "../../state/models.ts";
import { messageOf } from "../../state/notices.ts";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import { FAITHFULNESS_WORDS } from "./faithfulness-messages.ts";

type Asked =
  | { readonly state: "idle" | "asking" }
  | { readonly state: "known"; readonly found: Faithfulness }
  | { readonly state: "failed"; readonly why: unknown };

export interface FaithfulnessNoteProps {
  readonly model: string;
  readonly text: string;
  /** Whether another reading stands beside the one that this is about. */
  readonly isOfA: boolean;
}

const IDLE: Asked = { state: "idle" };

/** Whether the map tells what the answer was made from: asked for, as the model reads the text some hundred times over. */
export function FaithfulnessNote({ model, text, isOfA }: FaithfulnessNoteProps) {
  const words = useMessages(FAITHFULNESS_WORDS);
  const lang = useStore(language);
  const question = JSON.stringify([model, text]);
  const [{ asked, of }, setAsked] = useState<{ asked: Asked; of: string }>({ asked: IDLE, of: question });
  const now = of === question ? asked : IDLE;
  useEffect(() => setAsked((old) => (old.of === question ? old : { asked: IDLE, of: question })), [question]);
  const ask = async () => {
    const put = (next: Asked) => setAsked((old) => (old.of === question ? { asked: next, of: question } : old));
    setAsked({ asked: { state: "asking" }, of: question });
    try {
      put({ state: "known", found: await faithfulness(model, text) });
    } catch (why) {
      put({ state: "failed", why });
    }
  };
  return (
    <div class="faithfulness stack tight" aria-live="polite" aria-busy={now.state === "asking"}>
      <div class="row">
        <strong>
          {words.title}
          {isOfA && <span class="muted"> · A</span>}
        </strong>
        {now.state !== "known" && (
          <button type="button" class="button small" disabled={now.state === "asking"} onClick={() => void ask()}>
            {now.state === "asking" ? words.asking : words.ask}
          </button>
        )}
        {now.state === "known" && <Numbers found={now.found} />}
      </div>
      {now.state === "failed" && <p class="notice bad small">{errorLine(messageOf(now.why), lang)}</p>}
      <p class="muted small">
        {now.state === "known" ? words.meaning : words.what} {words.more} <code>docs/text-recipes.md</code>
      </p>
    </div>
  );
}

const signed = (value: number | undefined, decimals: number) => {
  return value === undefined ? "–" : value.toFixed(decimals).replace("-", "−");
};

function Numbers({ found }: { readonly found: Faithfulness }) {
  const words = useMessages(FAITHFULNESS_WORDS);
  const { kendall, deletion, random } = found;
  return (
    <span class="row faithfulness-numbers">
      <span class="badge">{words.kendall(signed(kendall, 2))}</span>
      <span class="badge">{words.deletion(signed(deletion.area, 3), signed(random.area, 3))}</span>
    </span>
  );
}
