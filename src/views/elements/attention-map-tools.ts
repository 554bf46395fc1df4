import { formatNumber } from "../number-text.ts";
import type { MapScale } from "./attention-map-data.ts";
import type { MapFrame } from "./attention-map-frame.ts";
import { keepCount } from "./attention-map-labels.ts";
import { CAPTION_LENGTH, type MatrixLayout } from "./attention-map-layout.ts";
import { make, setAttribute, setText } from "./base.ts";
import type { ElementMessages } from "./messages.ts";

/** The tools above an attention map, its frame and its struck-out lanes. */

export interface ToolState {
  readonly own: ElementMessages;
  readonly scale: MapScale;
  readonly gamma: number;
  readonly transposed: boolean;
  readonly view: "matrix" | "table";
  readonly zoom: number;
  readonly largestZoom: number;
}

export function drawTools(frame: MapFrame, state: ToolState): void {
  const { own } = state;
  const isTable = state.view === "table";
  setAttribute(frame.scale, "aria-label", own.scale);
  setAttribute(frame.scale, "title", own.scale);
  const names = [own.scaleAbsolute, own.scaleRow, own.scaleGamma(formatNumber(state.gamma, 3))];
  for (const [i, name] of names.entries()) setText(frame.scale.options[i] as HTMLOptionElement, name);
  if (frame.scale.value !== state.scale) frame.scale.value = state.scale;
  setText(frame.transpose, `⇄ ${state.transposed ? own.attendedBy : own.attendsTo}`);
  setAttribute(frame.transpose, "title", own.transpose);
  setAttribute(frame.transpose, "aria-pressed", String(state.transposed));
  setText(frame.view, isTable ? own.asMatrix : own.asTable);
  setAttribute(frame.zoomIn, "aria-label", own.zoomIn);
  setAttribute(frame.zoomIn, "title", own.zoomIn);
  setAttribute(frame.zoomOut, "aria-label", own.zoomOut);
  setAttribute(frame.zoomOut, "title", own.zoomOut);
  frame.zoomIn.disabled = state.zoom >= state.largestZoom;
  frame.zoomOut.disabled = state.zoom <= 1;
  for (const part of [frame.scale, frame.transpose, frame.zoomIn.parentElement as HTMLElement]) part.hidden = isTable;
  if (isTable) frame.chip.hidden = true;
}

/** Sizes of the parts. */
export function applyLayout(frame: MapFrame, layout: MatrixLayout): void {
  const { rows, columns } = layout;
  frame.sheet.style.gridTemplateColumns = `${rows.labelRoom}px ${columns.extent}px ${layout.sideRoom}px`;
  // Right of the columns only their slanting labels are theirs.
  frame.headRow.style.width = `${columns.extent}px`;
  // Nothing scrolls below the foot of few rows but the end of their caption.
  frame.sheet.classList.toggle("few", rows.extent < CAPTION_LENGTH);
  frame.sheet.style.gridTemplateRows = `${columns.labelRoom}px ${rows.extent}px ${layout.footRoom}px`;
}

/** Hatches the lanes of what is masked. */
export function drawMasks(
  frame: MapFrame,
  { rows, columns }: MatrixLayout,
  masked: { readonly rows: ReadonlySet<number>; readonly columns: ReadonlySet<number> },
): void {
  const lanes = [
    ...[...masked.columns].map((at) => ({ at, axis: columns, isColumn: true })),
    ...[...masked.rows].map((at) => ({ at, axis: rows, isColumn: false })),
  ].filter(({ at, axis }) => at >= 0 && at < axis.count);
  keepCount(frame.masks, lanes.length, () => make("i"));
  for (const [i, { at, axis, isColumn }] of lanes.entries()) {
    const { style } = frame.masks.children[i] as HTMLElement;
    style.inset = "0";
    if (isColumn) [style.left, style.right, style.width] = [`${at * axis.size}px`, "auto", `${axis.size}px`];
    else [style.top, style.bottom, style.height] = [`${at * axis.size}px`, "auto", `${axis.size}px`];
    if (isColumn) style.height = "";
    else style.width = "";
  }
}
