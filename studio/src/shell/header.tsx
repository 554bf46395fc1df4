import { useRef } from "preact/hooks";
import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import type { Page } from "../pages/page.ts";
import { LANGUAGES, language, THEMES, type ThemeChoice, theme } from "../state/preferences.ts";
import { linkTo } from "../state/route.ts";
import { useStore } from "../state/store.ts";
import { useEdge } from "./edge.ts";
import { Segmented } from "./segmented.tsx";

const LANGUAGE_NAMES = { en: "EN", "zh-CN": "中文" } as const;
const LANGUAGE_TITLES = { en: "English", "zh-CN": "简体中文" } as const;
const THEME_SIGNS: Readonly<Record<ThemeChoice, string>> = { auto: "◐", light: "☀", dark: "☾" };

function Brand() {
  return (
    <a class="brand" href="#/look">
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <circle cx="16" cy="16" r="14.5" fill="none" stroke="currentColor" stroke-opacity="0.28" />
        <circle cx="16" cy="16" r="9.5" fill="none" stroke="currentColor" stroke-opacity="0.6" stroke-width="1.5" />
        <circle cx="16" cy="16" r="4.5" fill="currentColor" />
      </svg>
      <span>
        Fovea <small>Studio</small>
      </span>
    </a>
  );
}

export interface HeaderProps {
  readonly pages: readonly Page[];
  readonly current: string;
  readonly onHelp: () => void;
}

/** Name, tabs, and what the reader chooses of the page itself. */
export function Header({ pages, current, onHelp }: HeaderProps) {
  const words = useMessages(SHELL);
  const languageNow = useStore(language);
  const bar = useRef<HTMLElement>(null);
  useEdge(bar, "top");
  return (
    <header ref={bar} class="header">
      <Brand />
      <nav class="tabs" aria-label={words.pages}>
        {pages.map(({ name, label }) => (
          <a key={name} href={linkTo(name)} aria-current={name === current ? "page" : undefined}>
            {label[languageNow]}
          </a>
        ))}
      </nav>
      <div class="tools">
        <Segmented
          label={words.language}
          choices={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value], title: LANGUAGE_TITLES[value] }))}
          value={languageNow}
          onChoose={(choice) => language.set(choice)}
        />
        <Segmented
          label={words.theme}
          choices={THEMES.map((value) => ({
            value,
            label: THEME_SIGNS[value],
            title: words.themes[value],
            isSign: true,
          }))}
          value={useStore(theme)}
          onChoose={(choice) => theme.set(choice)}
        />
        <button type="button" class="icon" aria-label={words.help} title={`${words.help} (?)`} onClick={onHelp}>
          ?
        </button>
      </div>
    </header>
  );
}
