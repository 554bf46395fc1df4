import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";

/** A page whose code is loaded when it is first shown. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  let loaded: FunctionComponent | undefined;
  return function Later() {
    const words = useMessages(SHELL);
    const [fault, setFault] = useState<unknown>();
    const [, setLoaded] = useState(loaded !== undefined);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          setLoaded(true);
        },
        (error: unknown) => setFault(error ?? new Error(words.fault)),
      );
    }, []);
    if (fault !== undefined) throw fault;
    const Page = loaded;
    return Page ? <Page /> : <p class="muted">{words.loading}</p>;
  };
}
