/** Tokens as a person can see them, and as no terminal or document can be harmed by them. */

const SPACE_SIGN = "␣";
const REPLACEMENT = "\ufffd";

/** Unreadable characters: controls, formats that reorder or hide text, lone surrogates, line separators, noncharacters. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;
/** Joiners inside emoji and in the scripts that need them. */
const JOINERS = new Set(["\u200c", "\u200d"]);

function picture(character: string): string {
  if (JOINERS.has(character)) return character;
  const code = character.codePointAt(0) as number;
  if (code === 0x09) return "⇥";
  if (code === 0x0a || code === 0x2028 || code === 0x2029) return "↵";
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : REPLACEMENT;
}

/** Text in which every character that could act on a terminal or break a document is replaced by a visible sign. */
export function visibleText(text: string): string {
  return text.replace(UNSAFE, picture);
}

/** Hebrew, Arabic and their kin, which would draw the words around them into their direction. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Visible text that keeps its direction to itself (Unicode Standard Annex 9, first strong isolate), where it has one of its own. */
export function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

/** A title for a page, as `what was read → what was written`: each side is drawn by its own direction. */
export function titleText(title: string): string {
  return visibleText(title).split(" → ").map(isolated).join(" → ");
}

/** A token as a label: spaces at its ends are shown as `␣`, an empty token as `∅`. */
export function tokenText(token: string): string {
  if (token === "") return "∅";
  const signs = (spaces: string) => SPACE_SIGN.repeat(spaces.length);
  return visibleText(token)
    .replace(/^\p{Zs}+/u, signs)
    .replace(/\p{Zs}+$/u, signs);
}

/** Prose that may hold line breaks: only what XML and HTML forbid is replaced. */
export function plainText(text: string): string {
  return text.replace(UNSAFE, (character) => (/[\n\t]/.test(character) ? character : picture(character)));
}
