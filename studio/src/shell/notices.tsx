import type { Language } from "fovea/views";
import { errorLine } from "../messages/errors.ts";
import { SHELL, type ShellWords } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import { dismiss, type Notice, notices } from "../state/notices.ts";
import { language } from "../state/preferences.ts";
import { useStore } from "../state/store.ts";

function say({ kind, detail }: Notice, words: ShellWords, lang: Language): string {
  if (kind === "dropped") return words.dropped(detail);
  return kind === "worker" ? words.workerDied(detail) : errorLine(detail, lang);
}

/** Notices above the page, each to be put away. */
export function Notices() {
  const words = useMessages(SHELL);
  const shown = useStore(notices);
  const lang = useStore(language);
  return (
    <div class="notices" role="status">
      {shown.map((notice) => (
        <p key={notice.kind + notice.detail} class="notice" data-kind={notice.kind}>
          <span>{say(notice, words, lang)}</span>
          <button type="button" class="icon" aria-label={words.dismiss} onClick={() => dismiss(notice)}>
            ✕
          </button>
        </p>
      ))}
    </div>
  );
}
