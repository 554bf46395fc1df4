import { MONO, PAGE_COLORS, type PageColors, SANS } from "../svg-style.ts";

/** Style sheets of the elements: made once a text, shared by all elements that use it. */

const SOFT = { light: "#f3f6f9", dark: "#1b222b" };
const FOCUS = { light: "#0b62c4", dark: "#7db8ff" };

function variables(theme: "light" | "dark"): string {
  const colors: PageColors & Record<string, string> = {
    ...PAGE_COLORS[theme],
    soft: SOFT[theme],
    focus: FOCUS[theme],
  };
  const lines = Object.entries(colors).map(([name, value]) => `--${name}:var(--fovea-${name},${value});`);
  return `color-scheme:${theme};${lines.join("")}`;
}

/**
 * What every element starts from: the colours of the page as `--paper --ink --faint --axis --grid --bar --soft --focus` (a page
 * overrides each by `--fovea-paper` and so on), text, buttons, focus rings, forced colours.
 */
export const BASE_STYLE: string = `
:host{display:block;min-width:0}
:host([hidden]){display:none}
.fv{${variables("light")}--sans:${SANS};--mono:${MONO};direction:ltr;text-align:left;position:relative;color:var(--ink);font:13px/1.45 var(--sans);-webkit-text-size-adjust:100%}
.fv.dark{${variables("dark")}}
.fv *{box-sizing:border-box}
.fv [hidden]{display:none!important}
.fv button,.fv select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--axis);border-radius:6px;min-height:28px;min-width:28px;padding:2px 9px;margin:0;cursor:pointer}
.fv button:hover:not(:disabled),.fv select:hover{background:var(--soft)}
.fv button[aria-pressed=true]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.fv button:disabled{color:var(--faint);border-color:var(--grid);cursor:default}
.fv :focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.fv .unseen{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (forced-colors:active){.fv,.fv.dark{--paper:Canvas;--ink:CanvasText;--faint:CanvasText;--axis:CanvasText;--grid:GrayText;--bar:Highlight;--soft:Canvas;--focus:Highlight}.fv button[aria-pressed=true]{forced-color-adjust:none;background:Highlight;color:HighlightText}.fv canvas{forced-color-adjust:none}}
@media (prefers-reduced-motion:reduce){.fv *{transition:none!important;animation:none!important;scroll-behavior:auto!important}}
`;

const sheets = new Map<string, CSSStyleSheet>();

function sheetOf(text: string): CSSStyleSheet {
  const known = sheets.get(text);
  if (known) return known;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  sheets.set(text, sheet);
  return sheet;
}

/** Gives a shadow root its styles: as shared sheets, which a strict content policy allows, else as `<style>`. */
export function applyStyles(root: ShadowRoot, texts: readonly string[]): void {
  if ("adoptedStyleSheets" in root) {
    root.adoptedStyleSheets = texts.filter(Boolean).map(sheetOf);
    return;
  }
  const style = document.createElement("style");
  style.textContent = texts.join("");
  (root as ShadowRoot).append(style);
}
