/** What the page has to say that is no answer to the last thing done: kept until the reader puts it away. */
import { createStore, type Store } from "./store.ts";

export interface Notice {
  /** What happened; the words are in `messages/shell.ts`. */
  readonly kind: "dropped" | "worker" | "error";
  /** Parts of an address, an error's message. */
  readonly detail: string;
}

export const notices: Store<readonly Notice[]> = createStore<readonly Notice[]>([]);

const MOST = 4;

export function notify(notice: Notice): void {
  const others = notices.get().filter(({ kind, detail }) => kind !== notice.kind || detail !== notice.detail);
  notices.set([...others, notice].slice(-MOST));
}

export function dismiss(notice: Notice): void {
  notices.set(notices.get().filter((other) => other !== notice));
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
