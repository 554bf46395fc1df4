import { useEffect, useRef, useState } from "preact/hooks";
import { SHELL } from "./messages/shell.ts";
import { useMessages } from "./messages/table.ts";
import { PAGES } from "./pages/index.ts";
import { Boundary } from "./shell/boundary.tsx";
import { Drop } from "./shell/drop.tsx";
import { Header } from "./shell/header.tsx";
import { Help } from "./shell/help.tsx";
import { useKeys } from "./shell/keys.ts";
import { Notices } from "./shell/notices.tsx";
import { Status } from "./shell/status.tsx";
import { notify } from "./state/notices.ts";
import { language } from "./state/preferences.ts";
import { HOME, route } from "./state/route.ts";
import { site } from "./state/site.ts";
import { useStore } from "./state/store.ts";

/** Names the page for the browser, and moves the focus to it when the reader changes to another. */
function useArrival(name: string, title: string) {
  const main = useRef<HTMLElement>(null);
  const shown = useRef(name);
  const lang = useStore(language);
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = `${title} · Fovea Studio`;
  }, [lang, title]);
  useEffect(() => {
    if (shown.current === name) return;
    shown.current = name;
    scrollTo({ top: 0 });
    main.current?.focus({ preventScroll: true });
  }, [name]);
  return main;
}

/** The studio: tabs above, one page below, and a line that says what is pointed at. */
export function App() {
  const words = useMessages(SHELL);
  const lang = useStore(language);
  const { page: name } = useStore(route);
  const { runs } = useStore(site);
  const [isHelping, setHelping] = useState(false);
  const pages = PAGES.filter(({ needs }) => needs !== "runs" || runs);
  const page = pages.find((one) => one.name === name) ?? pages.find((one) => one.name === HOME);
  const main = useArrival(page?.name ?? HOME, page?.label[lang] ?? "");
  useEffect(() => {
    if (!PAGES.some((one) => one.name === name)) notify({ kind: "dropped", detail: name });
  }, [name]);
  useKeys({ "?": () => setHelping(true) });
  if (!page) return null;
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {words.skip}
      </button>
      <Header pages={pages} current={page.name} onHelp={() => setHelping(true)} />
      <main ref={main} id="main" tabIndex={-1} aria-label={page.label[lang]}>
        <Notices />
        <Boundary key={page.name}>
          <page.component />
        </Boundary>
      </main>
      <Status />
      <Drop />
      {isHelping && <Help onClose={() => setHelping(false)} />}
    </>
  );
}
