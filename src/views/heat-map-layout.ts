import { type AttentionMap, checkAttentionMap, turnMap } from "./attention-map.ts";
import { layoutBand, type Picture } from "./heat-map-band.ts";
import { type Bars, coverageBars, entropyBars, layoutFootBars, sideBarsWidth } from "./heat-map-bars.ts";
import { planCells } from "./heat-map-cells.ts";
import { layoutLegend } from "./legend.ts";
import { type Language, messages } from "./messages.ts";
import { formatNumber } from "./number-text.ts";
import type { Mark, Scene } from "./scene.ts";
import type { Surface } from "./surface.ts";
import { layoutNote, layoutTitle } from "./title.ts";
import { visibleText } from "./token-text.ts";

export interface HeatMapOptions {
  /** @default "en" */
  readonly language?: Language;
  /** `absolute`: colour by the weight itself, so that maps can be compared; `row`: by its share of the row's largest. @default "absolute" */
  readonly scale?: "absolute" | "row";
  /** Exponent on the colour scale; below 1 it tells small weights apart. @default 1 */
  readonly gamma?: number;
  /** Writes the weights on the cells, in whole percent (nothing where that is zero). @default false */
  readonly values?: boolean;
  /** Draws keys down and queries across: "attended by". The scale `row` stays that of each query. @default false */
  readonly transposed?: boolean;
  /** A bar with the entropy of each query. @default false */
  readonly entropy?: boolean;
  /** Bars with the sum of the weights on each key; on a page only. @default false */
  readonly coverage?: boolean;
  /** What must not be overlooked, in a line or two below the title. */
  readonly note?: string;
}

/** Lays a map out on a surface: title, column labels, rows with their labels, legend; in bands where it is too wide. */
export function layoutHeatMap(map: AttentionMap, surface: Surface, options: HeatMapOptions = {}): Scene {
  checkAttentionMap(map);
  const { gamma = 1, transposed = false } = options;
  if (!(gamma > 0)) throw new RangeError(`layoutHeatMap: expected gamma above 0 but found ${gamma}`);
  const words = messages(options.language);
  const axes = words.axes[map.axes ?? "tokens"];
  const isPage = surface.kind === "page";
  const picture = planPicture(map, surface, { ...options, gamma, transposed });
  const marks: Mark[] = [];
  let y = surface.margin;
  const heading = { x: isPage ? surface.margin : picture.left, y };
  const title = layoutTitle(map.title, surface, heading);
  const note = layoutNote(options.note, surface, { ...heading, y: y + title.height });
  marks.push(...title.marks, ...note.marks);
  y += title.height + note.height;
  const bands = layoutBands(picture, y);
  marks.push(...bands.marks);
  const end = layoutEnd(picture, bands.bottom);
  marks.push(...end.marks);
  const right = [...title.marks, ...note.marks].reduce(
    (most, mark) => (mark.kind === "text" ? Math.max(most, mark.x + surface.textWidth(mark.text, mark.tone)) : most),
    Math.max(bands.right, end.right),
  );
  const summary = words.mapSummary(axes.rows(map.rows.length), axes.columns(map.columns.length));
  const said = options.note === undefined ? summary : `${summary}; ${visibleText(options.note)}`;
  const named = map.title && visibleText(map.title);
  return { width: right + surface.margin, height: end.bottom + surface.margin, title: named, summary: said, marks };
}

/** How the map is fitted to the surface, and which bars stand beside and below it. */
function planPicture(map: AttentionMap, surface: Surface, options: Picture["options"]): Picture {
  const { transposed, values = false, entropy = false } = options;
  const isPage = surface.kind === "page";
  const coverage = isPage && (options.coverage ?? false);
  const words = messages(options.language);
  const turned = transposed ? turnMap(map) : map;
  const facts = { map, transposed, words, language: options.language };
  const hasSide = transposed ? coverage : entropy;
  const caption = isPage ? surface.line + 2 : 0;
  const number = { width: surface.textWidth("100", "label") + (isPage ? 4 : 1), height: surface.line };
  const plan = planCells(turned, surface, {
    beside: (hasSide ? sideBarsWidth(facts, surface) : 0) + 2 * surface.margin + caption,
    smallest: values ? number : { width: 0, height: 0 },
    apart: hasSide,
  });
  const isRoomy = isPage || plan.cell.height >= surface.line;
  const bars = (isWanted: boolean, make: typeof coverageBars): Bars | undefined =>
    isWanted ? make({ ...facts, plan }) : undefined;
  const edge = surface.margin + caption + plan.rowLabelWidth + surface.gap;
  return {
    plan,
    surface,
    words,
    axes: words.axes[map.axes ?? "tokens"],
    // Cells of whole pixels from a whole pixel on are sharp, and a bitmap of them shows each in its colour.
    left: isPage ? Math.ceil(edge) : edge,
    options,
    side: bars(hasSide && isRoomy, transposed ? coverageBars : entropyBars),
    foot: bars(isPage && (transposed ? entropy : coverage), transposed ? entropyBars : coverageBars),
  };
}

/** The bands one below the other, with the bars below each. */
function layoutBands(picture: Picture, top: number): { marks: Mark[]; bottom: number; right: number } {
  const { plan, surface, foot } = picture;
  const isPage = surface.kind === "page";
  const marks: Mark[] = [];
  let bottom = top;
  let right = 0;
  for (let first = 0; first < plan.map.columns.length; first += plan.perBand) {
    const band = layoutBand(picture, first, bottom);
    marks.push(...band.marks);
    bottom = band.bottom;
    if (foot) {
      const bars = layoutFootBars(picture, foot, bottom);
      marks.push(...bars.marks);
      bottom = bars.bottom;
    }
    bottom += isPage ? surface.gap + 6 : 1;
    right = Math.max(right, band.right);
  }
  return { marks, bottom, right };
}

/** The legend, and what is said of a map that had to be drawn smaller. */
function layoutEnd(picture: Picture, top: number): { marks: Mark[]; bottom: number; right: number } {
  const { plan, surface, words, left, options } = picture;
  const { gamma, scale, transposed, values } = options;
  const share = transposed ? words.columnMaximum : words.rowMaximum;
  const weight = scale === "row" ? share : words.weight;
  const caption = weight + (gamma === 1 ? "" : words.gamma(formatNumber(gamma, 3))) + (values ? words.inPercent : "");
  const legend = layoutLegend(surface, { x: left, y: top, gamma, caption });
  const marks = [...legend.marks];
  const { pooling } = plan;
  let [bottom, right] = [top + legend.height, left + legend.width];
  if (pooling.rows > 1 || pooling.columns > 1) {
    const text = words.pooled(pooling.rows, pooling.columns);
    marks.push({ kind: "text", x: left, y: bottom + surface.line / 2, text, anchor: "start", tone: "faint" });
    bottom += surface.line;
    right = Math.max(right, left + surface.textWidth(text, "faint"));
  }
  return { marks, bottom, right };
}
