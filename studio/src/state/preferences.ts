/** Language and theme: remembered by the browser where it lets us, chosen by its settings else. */
import type { Language } from "fovea/views";
import { createStore, type Store } from "./store.ts";

export type ThemeChoice = "auto" | "light" | "dark";

export const LANGUAGES: readonly Language[] = ["en", "zh-CN"];
export const THEMES: readonly ThemeChoice[] = ["auto", "light", "dark"];

function remembered<T extends string>(name: string, allowed: readonly T[], otherwise: T): Store<T> {
  const key = `fovea.${name}`;
  let start = otherwise;
  try {
    const kept = localStorage.getItem(key);
    start = allowed.find((value) => value === kept) ?? otherwise;
  } catch {
    // A browser may forbid storage; then nothing is remembered.
  }
  const store = createStore(start);
  store.subscribe(() => {
    try {
      localStorage.setItem(key, store.get());
    } catch {
      // As above.
    }
  });
  return store;
}

export const language: Store<Language> = remembered(
  "language",
  LANGUAGES,
  navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en",
);

export const theme: Store<ThemeChoice> = remembered("theme", THEMES, "auto");
