import { useEffect, useRef } from "preact/hooks";

/** What keys do, by `KeyboardEvent.key` in lower case. */
export type Keys = Readonly<Record<string, ((event: KeyboardEvent) => void) | undefined>>;

/** Whether a key goes to where the reader is typing. */
function isTyping(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button", "file"].includes(target.type);
}

/** Whether a key already means something where the reader is. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.key !== " ") return false;
  const [target] = event.composedPath();
  return target instanceof HTMLElement && target.matches("button, a, summary, input, [role=button], [role=tab]");
}

/** Keys of the whole page, while a component is shown. What an element or a text box has handled is left alone. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const { defaultPrevented, ctrlKey, metaKey, altKey } = event;
      if (defaultPrevented || ctrlKey || metaKey || altKey || isTyping(event) || isTaken(event)) return;
      if (document.querySelector("dialog[open]")) return;
      const act = latest.current[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act(event);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
