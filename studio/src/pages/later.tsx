import { DataError } from "fovea/tensor";
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import { messageOf } from "../state/notices.ts";

/** A page, or a part of one, whose code is loaded when it is first shown, or before. */
export interface LaterPage<Props extends object = object> extends FunctionComponent<Props> {
  /** Loads the code, if it is not here. @throws what the browser says where the server does not answer */
  readonly load: () => Promise<void>;
}

/** Style sheets that did not come. The loader asks for each but once, so they are asked for again here. */
const missing = new Set<HTMLLinkElement>();

// Its errors do not bubble. Unit tests have no document.
globalThis.document?.addEventListener(
  "error",
  ({ target }) => target instanceof HTMLLinkElement && target.rel === "stylesheet" && missing.add(target),
  true,
);

async function loadMissingStyles(): Promise<void> {
  const loading = [...missing].map((link) => {
    missing.delete(link);
    const again = link.cloneNode() as HTMLLinkElement;
    const loaded = new Promise((resolve, reject) => {
      again.addEventListener("load", resolve);
      again.addEventListener("error", () =>
        reject(new DataError(`page: expected a style sheet at ${again.href} but found nothing`)),
      );
    });
    link.replaceWith(again);
    return loaded;
  });
  await Promise.all(loading);
}

export function later<Props extends object>(find: () => Promise<FunctionComponent<Props>>): LaterPage<Props> {
  let found: FunctionComponent<Props> | undefined;
  const load = async () => {
    if (found) return;
    await loadMissingStyles();
    found = await find();
  };
  function Later(props: Props) {
    const words = useMessages(SHELL);
    const [fault, setFault] = useState<unknown>();
    const [, setFound] = useState(found !== undefined);
    const show = () => {
      setFault(undefined);
      load().then(
        () => setFound(true),
        (error: unknown) => setFault(error ?? words.unreachable),
      );
    };
    useEffect(show, []);
    const Page = found;
    if (Page) return <Page {...props} />;
    return fault === undefined ? <p class="muted">{words.loading}</p> : <Unreachable fault={fault} onRetry={show} />;
  }
  return Object.assign(Later, { load });
}

function Unreachable({ fault, onRetry }: { readonly fault: unknown; readonly onRetry: () => void }) {
  const words = useMessages(SHELL);
  return (
    <section class="panel stack" role="alert">
      <h1>{words.unreachable}</h1>
      <p>{words.unreachableWhy}</p>
      <p class="muted small mono" lang="en">
        {messageOf(fault)}
      </p>
      <p>
        <button type="button" class="button primary" onClick={onRetry}>
          {words.retry}
        </button>
      </p>
    </section>
  );
}
