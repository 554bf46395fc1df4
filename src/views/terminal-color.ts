import { hexColor, type Rgb, type Theme } from "./color-table.ts";

export type ColorMode = "truecolor" | "256" | "none";

export interface TerminalFacts {
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the output is a terminal, and not a file or a pipe. */
  readonly isTTY: boolean;
}

const TRUECOLOR_TERMS = /-direct$|kitty|ghostty|wezterm|alacritty|foot|iterm/i;
const TRUECOLOR_PROGRAMS = new Set(["iTerm.app", "vscode", "WezTerm", "ghostty", "Hyper"]);
const INDEXED_TERMS = /256|^(xterm|screen|tmux|rxvt|vte|konsole|gnome)/i;

/**
 * The colours that may be used. `FORCE_COLOR` wins (`0` or `false` none, `3` 24 bits, `1` and `2` at least 256), then a
 * `NO_COLOR` that is not empty (no-color.org), then whether this is a terminal and what it says of itself.
 */
export function detectColor({ env, isTTY }: TerminalFacts): ColorMode {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) {
    if (forced === "0" || forced === "false") return "none";
    if (forced === "3") return "truecolor";
    return declaredColor(env) === "truecolor" ? "truecolor" : "256";
  }
  if (env.NO_COLOR || !isTTY) return "none";
  return declaredColor(env);
}

function declaredColor(env: TerminalFacts["env"]): ColorMode {
  const term = env.TERM ?? "";
  if (term === "dumb") return "none";
  if (/^(truecolor|24bit)$/i.test(env.COLORTERM ?? "")) return "truecolor";
  if (TRUECOLOR_TERMS.test(term) || TRUECOLOR_PROGRAMS.has(env.TERM_PROGRAM ?? "")) return "truecolor";
  if (env.WT_SESSION !== undefined || (term === "" && env.OS === "Windows_NT")) return "truecolor";
  return INDEXED_TERMS.test(term) ? "256" : "none";
}

/** Whether signs beyond ASCII can be shown. */
export function detectUnicode({ env }: Pick<TerminalFacts, "env">): boolean {
  if (env.TERM === "linux" || env.TERM === "dumb") return false;
  if (env.OS === "Windows_NT") return env.WT_SESSION !== undefined || env.TERM_PROGRAM !== undefined;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return locale === "" || /utf-?8/i.test(locale);
}

/** Whether the terminal is light or dark, from `COLORFGBG`; most are dark. */
export function detectTheme({ env }: Pick<TerminalFacts, "env">): "light" | "dark" {
  const background = Number((env.COLORFGBG ?? "").split(";").at(-1) || Number.NaN);
  return background === 7 || (background >= 9 && background <= 15) ? "light" : "dark";
}

/** Steps of the colour cube of xterm's 256 colours. */
const CUBE = [0, 95, 135, 175, 215, 255];

function nearest(value: number): number {
  return CUBE.reduce((best, step, index) => {
    return Math.abs(step - value) < Math.abs((CUBE[best] as number) - value) ? index : best;
  }, 0);
}

const distance = (a: Rgb, b: Rgb) => a.reduce((total, part, k) => total + (part - (b[k] as number)) ** 2, 0);

/** The nearest of xterm's 256 colours: of the 6 × 6 × 6 cube (16–231) or of the 24 greys (232–255). */
export function xtermIndex(color: Rgb): number {
  const [red, green, blue] = color.map(nearest) as [number, number, number];
  const cube: Rgb = [CUBE[red] as number, CUBE[green] as number, CUBE[blue] as number];
  const mean = (color[0] + color[1] + color[2]) / 3;
  const step = Math.min(23, Math.max(0, Math.round((mean - 8) / 10)));
  const level = 8 + 10 * step;
  if (distance(color, [level, level, level]) < distance(color, cube)) return 232 + step;
  return 16 + 36 * red + 6 * green + blue;
}

/** Look of a character cell. */
export interface CellStyle {
  readonly ink?: Rgb | undefined;
  readonly paper?: Rgb | undefined;
  readonly bold?: boolean;
  readonly faint?: boolean;
}

/** Parameters of the "select graphic rendition" sequence for a style; empty for the plain look. */
export function sgrParameters(style: CellStyle, mode: ColorMode): string {
  if (mode === "none") return "";
  const parts: string[] = [];
  if (style.bold) parts.push("1");
  if (style.faint) parts.push("2");
  const color = (code: number, value: Rgb) =>
    parts.push(mode === "truecolor" ? `${code};2;${value.join(";")}` : `${code};5;${indexOf(value)}`);
  if (style.ink) color(38, style.ink);
  if (style.paper) color(48, style.paper);
  return parts.join(";");
}

/**
 * The sequential tables in xterm's 256 colours, chosen by hand so that they only grow lighter or darker: the nearest colours
 * alone would jump between hues.
 */
const LADDERS: Readonly<Record<Theme, readonly number[]>> = {
  dark: [17, 18, 238, 240, 242, 244, 246, 143, 185, 221, 227],
  light: [231, 189, 153, 111, 75, 69, 27, 26, 25, 19, 18, 17],
};

/** The colour of a share from 0 to 1 in a terminal of 256 colours. */
export function indexedShade(share: number, theme: Theme): Rgb {
  const ladder = LADDERS[theme];
  const step = Math.min(ladder.length - 1, Math.floor(Math.min(1, Math.max(0, share)) * ladder.length));
  return xtermColor(ladder[step] as number);
}

/** The colour behind an index from 16 to 255. */
export function xtermColor(index: number): Rgb {
  if (index >= 232) return [8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232)];
  const place = index - 16;
  const part = (digit: number) => CUBE[digit % 6] as number;
  return [part(Math.floor(place / 36)), part(Math.floor(place / 6)), part(place)];
}

const indexes = new Map<string, number>();

function indexOf(color: Rgb): number {
  const name = hexColor(color);
  const known = indexes.get(name);
  if (known !== undefined) return known;
  const index = xtermIndex(color);
  indexes.set(name, index);
  return index;
}
