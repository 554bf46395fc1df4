import type { Language } from "fovea/views";
import { language } from "../state/preferences.ts";
import { useStore } from "../state/store.ts";

/** The words of a part of the studio in every language; TypeScript sees to it that none is missing. */
export type Table<T> = Readonly<Record<Language, T>>;

/** The words of a table in the reader's language; the component is drawn anew when the language changes. */
export function useMessages<T>(table: Table<T>): T {
  return table[useStore(language)];
}
