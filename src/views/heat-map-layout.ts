import { type AttentionMap, checkAttentionMap } from "./attention-map.ts";
import { layoutBand, type Picture } from "./heat-map-band.ts";
import { planCells } from "./heat-map-cells.ts";
import { layoutCoverage } from "./heat-map-coverage.ts";
import { layoutLegend } from "./legend.ts";
import { type Language, messages } from "./messages.ts";
import type { Mark, Scene } from "./scene.ts";
import type { Surface } from "./surface.ts";
import { layoutTitle } from "./title.ts";
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
  /** A bar with the entropy of each row. @default false */
  readonly entropy?: boolean;
  /** Bars with the sum of each column, below the cells; on a page only. @default false */
  readonly coverage?: boolean;
}

/** Lays a map out on a surface: title, column labels, rows with their labels, legend; in bands where it is too wide. */
export function layoutHeatMap(map: AttentionMap, surface: Surface, options: HeatMapOptions = {}): Scene {
  checkAttentionMap(map);
  const { gamma = 1, values = false } = options;
  if (!(gamma > 0)) throw new RangeError(`layoutHeatMap: expected gamma above 0 but found ${gamma}`);
  const words = messages(options.language);
  const axes = words.axes[map.axes ?? "tokens"];
  const isPage = surface.kind === "page";
  const numberWidth = surface.textWidth("0.00", "faint");
  const beside = (options.entropy ? surface.cells.bar + numberWidth + 2 * surface.gap : 0) + 2 * surface.margin;
  const caption = isPage ? surface.line + 2 : 0;
  const number = { width: surface.textWidth("100", "label") + (isPage ? 4 : 1), height: surface.line };
  const smallest = values ? number : { width: 0, height: 0 };
  const plan = planCells(map, surface, { beside: beside + caption, smallest, apart: options.entropy ?? false });
  const withBars = (options.entropy ?? false) && (isPage || plan.cell.height >= surface.line);

  const edge = surface.margin + caption + plan.rowLabelWidth + surface.gap;
  // Cells of whole pixels from a whole pixel on are sharp, and a bitmap of them shows each in its colour.
  const left = isPage ? Math.ceil(edge) : edge;
  const picture = { plan, surface, words, axes, left, options: { ...options, gamma, entropy: withBars } };
  const marks: Mark[] = [];
  let y = surface.margin;
  const title = layoutTitle(map.title, surface, { x: isPage ? surface.margin : left, y });
  marks.push(...title.marks);
  y += title.height;
  const bands = layoutBands(map, picture, y);
  marks.push(...bands.marks);
  y = bands.bottom;
  let { right } = bands;
  const legend = layoutLegend(surface, {
    x: left,
    y,
    gamma,
    caption: (options.scale === "row" ? words.rowMaximum : words.weight) + (values ? words.inPercent : ""),
  });
  marks.push(...legend.marks);
  y += legend.height;
  if (plan.pooling.rows > 1 || plan.pooling.columns > 1) {
    const text = words.pooled(plan.pooling.rows, plan.pooling.columns);
    marks.push({ kind: "text", x: left, y: y + surface.line / 2, text, anchor: "start", tone: "faint" });
    y += surface.line;
    right = Math.max(right, left + surface.textWidth(text, "faint"));
  }
  const titleEnd = title.marks.reduce((end, mark) => {
    return mark.kind === "text" ? Math.max(end, mark.x + surface.textWidth(mark.text, "title")) : end;
  }, 0);
  const width = Math.max(right, left + legend.width, titleEnd) + surface.margin;
  const summary = words.mapSummary(axes.rows(map.rows.length), axes.columns(map.columns.length));
  return { width, height: y + surface.margin, title: map.title && visibleText(map.title), summary, marks };
}

/** The bands one below the other, with the bars below each. */
function layoutBands(
  map: AttentionMap,
  picture: Picture,
  top: number,
): { marks: Mark[]; bottom: number; right: number } {
  const { plan, surface, left, options } = picture;
  const isPage = surface.kind === "page";
  const marks: Mark[] = [];
  let bottom = top;
  let right = 0;
  for (let first = 0; first < plan.map.columns.length; first += plan.perBand) {
    const band = layoutBand(picture, first, bottom);
    marks.push(...band.marks);
    bottom = band.bottom;
    if (isPage && options.coverage) {
      const bars = layoutCoverage(map, { plan, surface, left, top: bottom, language: options.language });
      marks.push(...bars.marks);
      bottom = bars.bottom;
    }
    bottom += isPage ? surface.gap + 6 : 1;
    right = Math.max(right, band.right);
  }
  return { marks, bottom, right };
}
