import { ABOUT_ZH, CHOOSE_ZH } from "../../messages/mechanisms.ts";
import type { MechanismFacts } from "../../worker/catalogue-api.ts";

type Facts = Pick<MechanismFacts, "name" | "title" | "authors" | "choose" | "family" | "task" | "about">;

/** Whether a mechanism is called or described by a text: in English or in Chinese, whichever the page shows. */
export function isFound(
  { name, title, authors, choose, family, task, about }: Facts,
  text: string,
  heading = "",
): boolean {
  const wanted = text.trim().toLowerCase();
  const parts = [name, title, authors, family, heading, choose, about, CHOOSE_ZH[name], ABOUT_ZH[task]];
  return parts.some((part) => part?.toLowerCase().includes(wanted));
}
