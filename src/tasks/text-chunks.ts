import type { RejectedText } from "./events.ts";
import type { OpenModel } from "./recipe.ts";

/** How long an answer may wait for more texts to be read with it. */
const PATIENCE_MS = 10;

/** Texts some at a time: as many as come without waiting, so that a slow writer gets its answers at once. */
export async function* inChunks(
  texts: Parameters<OpenModel["predict"]>[0],
  most: number,
): AsyncGenerator<(string | RejectedText)[], void> {
  const iterator = Symbol.asyncIterator in texts ? texts[Symbol.asyncIterator]() : texts[Symbol.iterator]();
  let part: (string | RejectedText)[] = [];
  let timer: Promise<"late"> | undefined;
  let isOver = false;
  try {
    for (;;) {
      const next = Promise.resolve(iterator.next());
      if (part.length > 0) {
        timer ??= new Promise((resolve) => setTimeout(() => resolve("late"), PATIENCE_MS));
        if ((await Promise.race([next, timer])) === "late") {
          yield part;
          part = [];
          timer = undefined;
        }
      }
      const { done, value } = await next;
      if (done) break;
      part.push(value);
      if (part.length < most) continue;
      yield part;
      part = [];
      timer = undefined;
    }
    isOver = true;
    if (part.length > 0) yield part;
  } finally {
    // Not awaited: a source that waits for its own next text may never answer.
    if (!isOver) Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
