import { h } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { language, theme } from "../state/preferences.ts";
import { useStore } from "../state/store.ts";

export interface ViewProps {
  /** Name of a custom element of `fovea/views`, such as `fovea-attention-map`. */
  readonly tag: string;
  /** Its properties; those undefined are left as they are. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Its events by name, with what they carry. */
  // biome-ignore lint/suspicious/noExplicitAny: each event has a detail of its own
  readonly on?: Readonly<Record<string, (detail: any) => void>>;
  readonly class?: string;
  /** Hears of the element once it is there. */
  readonly onElement?: (element: HTMLElement) => void;
}

/** A custom element in Preact: data goes in as properties, never as attributes. */
export function View({ tag, set, on = {}, class: name, onElement }: ViewProps) {
  const element = useRef<HTMLElement>(null);
  const handlers = useRef(on);
  handlers.current = on;
  const names = Object.keys(on).join(" ");
  const values = Object.entries(set);
  const last = useRef<Readonly<Record<string, unknown>>>({});
  const languageNow = useStore(language);
  const themeNow = useStore(theme);
  useLayoutEffect(() => {
    const changed = values.filter(([key, value]) => value !== undefined && last.current[key] !== value);
    last.current = set;
    if (element.current) Object.assign(element.current, Object.fromEntries(changed));
  });
  useEffect(() => {
    const target = element.current;
    if (!target || names === "") return;
    const listen = (event: Event) => handlers.current[event.type]?.((event as CustomEvent).detail);
    for (const type of names.split(" ")) target.addEventListener(type, listen);
    return () => {
      for (const type of names.split(" ")) target.removeEventListener(type, listen);
    };
  }, [names]);
  useEffect(() => {
    if (element.current) onElement?.(element.current);
  }, []);
  return h(tag, { ref: element, class: name, lang: languageNow, theme: themeNow });
}
