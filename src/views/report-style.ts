import type { Theme } from "./color-table.ts";
import { darkRules, MONO, PAGE_COLORS, SANS } from "./svg-style.ts";

const { light, dark } = PAGE_COLORS;

const allShades = Array.from({ length: 256 }, (_, index) => index);

const LIGHT = variables({ ...light, soft: "#f5f7f9", focus: "#0b62c4" });
const DARK = variables({ ...dark, soft: "#1a2029", focus: "#7db8ff" });

function variables(
  colors: Readonly<Record<"paper" | "ink" | "faint" | "axis" | "grid" | "soft" | "focus", string>>,
): string {
  const { paper, ink, faint, axis, grid, soft, focus } = colors;
  return `--paper:${paper};--ink:${ink};--faint:${faint};--axis:${axis};--line:${grid};--soft:${soft};--focus:${focus}`;
}

/** The style sheet of a report: light, dark or the reader's choice, down to the width of a phone, and on paper. */
export function reportStyle(theme: Theme | "auto"): string {
  if (theme === "light") return `\n:root{color-scheme:light;${LIGHT}}${RULES}`;
  if (theme === "dark") return `\n:root{color-scheme:dark;${DARK}}${RULES}`;
  const whenDark = `@media screen and (prefers-color-scheme:dark){:root{${DARK}}}`;
  return `\n:root{color-scheme:light dark;${LIGHT}}\n${whenDark}${RULES}${darkRules(allShades)}\n`;
}

const RULES = `
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 ${SANS};-webkit-text-size-adjust:100%}
main{max-width:800px;margin:0 auto;padding:40px 24px 64px}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.01em;text-wrap:balance}
.subtitle{margin:8px 0 0;color:var(--faint);font-size:17px}
h2{font-size:20px;line-height:1.3;margin:48px 0 12px;padding-top:20px;border-top:1px solid var(--line)}
p{margin:12px 0;overflow-wrap:anywhere;white-space:pre-line}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:12px;margin:20px 0}
.facts div{background:var(--soft);border-radius:8px;padding:10px 14px;min-width:0}
.facts dt{color:var(--faint);font-size:13px;line-height:1.4}
.facts dd{margin:2px 0 0;font-size:18px;font-weight:600;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
figure{margin:20px 0;border:1px solid var(--line);border-radius:10px;padding:6px}
figure:focus-visible,.scroll:focus-visible,summary:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
figure svg{display:block;width:100%;height:auto}
figure .narrow{display:none}
.status{margin:0;padding:6px 10px 4px;min-height:3em;font-size:13px;line-height:1.5;color:var(--faint)}
.pointed .status{color:var(--ink)}
.pinned .status::before{content:"● "}
.fv-map rect{cursor:crosshair}
.cursor{display:none;fill:none;stroke:var(--ink);stroke-width:2;pointer-events:none}
.pointed .cursor{display:inline}
details{padding:0 10px 6px;font-size:13px}
summary{cursor:pointer;color:var(--faint)}
table{border-collapse:collapse;margin:12px 0;font-size:14px;line-height:1.4}
caption{text-align:left;font-weight:600;padding:0 0 6px}
th,td{text-align:left;padding:6px 20px 6px 0;border-bottom:1px solid var(--line);white-space:nowrap}
th{color:var(--faint);font-weight:500;border-bottom-color:var(--axis)}
.number{text-align:right;font-variant-numeric:tabular-nums}
details table{font:12px/1.3 ${MONO}}
details th,details td{padding:3px 10px 3px 0}
@media screen and (max-width:640px){main{padding:24px 14px 48px}h1{font-size:25px}h2{margin-top:36px}figure .wide{display:none}figure .narrow{display:block}.facts{grid-template-columns:1fr 1fr}}
@media (forced-colors:active){.fv-map{forced-color-adjust:none}}
@media print{@page{margin:18mm}body{font-size:11pt}main{max-width:none;padding:0}figure,table,.facts div{break-inside:avoid}h2,h2+p{break-after:avoid}.status,details{display:none}.facts div{border:1px solid var(--line)}}
`;
