import { hexColor, type Rgb, SERIES_COLORS, type Theme } from "./color-table.ts";
import { coordinate, element, escapeMarkup } from "./markup.ts";
import type { BarMark, LineMark, Mark, Scene, TextMark, TextTone } from "./scene.ts";
import { FONT_SIZE } from "./surface.ts";
import { drawCells } from "./svg-cells.ts";
import { darkRules, MONO, PAGE_COLORS, SANS, toneColor } from "./svg-style.ts";

export interface SvgDrawing {
  /** `auto` is light, and dark where the reader prefers dark. @default "auto" */
  readonly theme?: Theme | "auto";
  /** Whether this is a file of its own, with its background and its style sheet, and not part of a page. @default true */
  readonly standalone?: boolean;
}

const TONES: readonly TextTone[] = ["title", "strong", "label", "faint"];

/** Draws a scene that was laid out for a page as one SVG element with real text. */
export function drawSvg(scene: Scene, options: SvgDrawing = {}): string {
  const { theme = "auto", standalone = true } = options;
  const base: Theme = theme === "dark" ? "dark" : "light";
  const colors = PAGE_COLORS[base];
  const shades = new Set<number>();
  const only = <Kind extends Mark["kind"]>(kind: Kind) =>
    scene.marks.filter((mark): mark is Extract<Mark, { kind: Kind }> => mark.kind === kind);

  const body = [
    ...only("cells").map((mark) => drawCells(mark, { base, theme, shades })),
    ...only("bar").map((mark) => drawBar(mark, colors.bar)),
    ...only("line").map((mark) => drawLine(mark, base)),
    ...TONES.map((tone) => drawTexts(only("text"), tone, base)),
  ];
  const width = Math.ceil(scene.width);
  const height = Math.ceil(scene.height);
  if (standalone) {
    const paper = element("rect", { class: "fv-paper", width, height, fill: colors.paper });
    const ordered = [...shades].sort((a, b) => a - b);
    body.unshift(...(theme === "auto" ? [`<style>${darkRules(ordered)}</style>`, paper] : [paper]));
  }
  const attributes = {
    xmlns: standalone ? "http://www.w3.org/2000/svg" : undefined,
    class: "fv",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    "aria-label": scene.title ? `${scene.title}: ${scene.summary}` : scene.summary,
    "font-family": SANS,
  };
  return element("svg", attributes, `\n${body.filter(Boolean).join("\n")}\n`);
}

/** All texts of one tone, so that what they share is written once. */
function drawTexts(marks: readonly TextMark[], tone: TextTone, base: Theme): string {
  const size = FONT_SIZE[tone];
  const texts = marks.filter((mark) => mark.tone === tone).map((mark) => drawText(mark, size));
  if (texts.length === 0) return "";
  const color = toneColor(tone);
  const attributes = {
    class: `fv-${color}`,
    fill: PAGE_COLORS[base][color],
    "font-size": size,
    "font-weight": tone === "title" || tone === "strong" ? 600 : undefined,
    "font-family": tone === "label" ? MONO : undefined,
  };
  return element("g", attributes, texts.join(""));
}

function drawText(mark: TextMark, size: number): string {
  // From the middle of the line to the baseline that letters stand on.
  const drop = 0.35 * size;
  const turned = mark.turn ? `rotate(-${mark.turn} ${coordinate(mark.x)} ${coordinate(mark.y)})` : undefined;
  const anchor = mark.anchor === "start" ? undefined : mark.anchor;
  return element(
    "text",
    { x: mark.x, y: mark.y + drop, "text-anchor": anchor, transform: turned },
    escapeMarkup(mark.text),
  );
}

function drawBar(mark: BarMark, fill: string): string {
  const { x, y, height } = mark;
  return element("rect", { class: "fv-bar", x, y, width: Math.max(0.5, mark.width), height, rx: 1.5, fill });
}

function drawLine(mark: LineMark, base: Theme): string {
  const shared = { d: linePath(mark), fill: "none" };
  if (typeof mark.role !== "number") {
    const stroke = PAGE_COLORS[base][mark.role];
    return element("path", { ...shared, class: `fv-${mark.role}`, stroke, "shape-rendering": "crispEdges" });
  }
  const strong = mark.weight === "strong";
  const stroke = hexColor(SERIES_COLORS[mark.role % SERIES_COLORS.length] as Rgb);
  if (mark.weight === "dot") {
    const d = mark.xs.map((x, i) => `M${coordinate(x)} ${coordinate(mark.ys[i] as number)}h.01`).join("");
    return element("path", { d, fill: "none", stroke, "stroke-width": 6, "stroke-linecap": "round" });
  }
  return element("path", {
    ...shared,
    stroke,
    "stroke-width": strong ? 2 : 1,
    "stroke-opacity": strong ? undefined : 0.4,
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
    "stroke-dasharray": mark.role < SERIES_COLORS.length ? undefined : "6 4",
  });
}

function linePath(mark: LineMark): string {
  let path = "";
  let open = false;
  for (let i = 0; i < mark.xs.length; i++) {
    const [x, y] = [mark.xs[i] as number, mark.ys[i] as number];
    const drawn = Number.isFinite(x) && Number.isFinite(y);
    if (drawn) path += `${open ? "L" : "M"}${coordinate(x)} ${coordinate(y)}`;
    open = drawn;
  }
  return path;
}
