import { make } from "./base.ts";

/** The parts that an attention map is made of, made once and only brought up to date after that. */
export interface MapFrame {
  readonly tools: HTMLElement;
  readonly scale: HTMLSelectElement;
  readonly transpose: HTMLButtonElement;
  readonly view: HTMLButtonElement;
  readonly zoomOut: HTMLButtonElement;
  readonly zoomIn: HTMLButtonElement;
  readonly chip: HTMLButtonElement;
  readonly empty: HTMLElement;
  readonly scroller: HTMLElement;
  readonly sheet: HTMLElement;
  readonly corner: HTMLElement;
  readonly head: HTMLElement;
  readonly headCaption: HTMLElement;
  readonly headRow: HTMLElement;
  readonly headFlag: HTMLElement;
  readonly side: HTMLElement;
  readonly sideCaption: HTMLElement;
  readonly sideRows: HTMLElement;
  readonly sideFlag: HTMLElement;
  readonly cells: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly masks: HTMLElement;
  readonly rowLane: HTMLElement;
  readonly columnLane: HTMLElement;
  readonly box: HTMLElement;
  readonly pin: HTMLElement;
  readonly rowBars: HTMLElement;
  readonly columnBars: HTMLElement;
  readonly end: HTMLElement;
  readonly tip: HTMLElement;
  readonly legend: HTMLElement;
  readonly legendCaption: HTMLElement;
  readonly ramp: HTMLCanvasElement;
  readonly barsNote: HTMLElement;
  readonly status: HTMLElement;
  readonly tableHolder: HTMLElement;
}

export function makeFrame(content: HTMLElement): MapFrame {
  const tools = makeTools(content);
  const empty = make("p", "empty", content);
  const sheet = makeSheet(content);
  const tableHolder = make("div", "table", content);
  const tip = make("div", "tip", content);
  tip.setAttribute("aria-hidden", "true");
  tip.append(make("b"), make("span"), make("span"), make("span"));
  const { legend, legendCaption, ramp } = makeRamp(content);
  const barsNote = make("span", "", legend);
  const status = make("p", "status", content);
  for (const part of [tip, tableHolder, legend, empty]) part.hidden = true;
  return { ...tools, ...sheet, empty, tableHolder, tip, legend, legendCaption, ramp, barsNote, status };
}

/** The colour bar with its caption and its numbers. */
export function makeRamp(content: HTMLElement): Pick<MapFrame, "legend" | "legendCaption" | "ramp"> {
  const legend = make("div", "legend", content);
  const legendCaption = make("span", "", legend);
  const holder = make("div", "ramp", legend);
  const ramp = make("canvas", "", holder);
  for (let part = 0; part <= 4; part++) {
    const tick = make("span", "", holder);
    tick.textContent = String(part / 4);
    tick.style.left = `${25 * part}%`;
  }
  return { legend, legendCaption, ramp };
}

type Tools = "tools" | "scale" | "transpose" | "view" | "zoomOut" | "zoomIn" | "chip";

function makeTools(content: HTMLElement): Pick<MapFrame, Tools> {
  const tools = make("div", "tools", content);
  const scale = make("select", "", tools);
  for (const value of ["absolute", "row", "gamma"]) make("option", "", scale).value = value;
  const transpose = make("button", "", tools);
  const view = make("button", "", tools);
  const zoom = make("span", "zoom", tools);
  const zoomOut = make("button", "", zoom);
  const zoomIn = make("button", "", zoom);
  zoomOut.textContent = "−";
  zoomIn.textContent = "+";
  make("span", "space", tools);
  const chip = make("button", "chip", tools);
  chip.hidden = true;
  for (const button of [transpose, view, zoomOut, zoomIn, chip]) button.type = "button";
  return { tools, scale, transpose, view, zoomOut, zoomIn, chip };
}

type Sheet = Exclude<
  keyof MapFrame,
  Tools | "empty" | "tableHolder" | "tip" | "legend" | "legendCaption" | "ramp" | "barsNote" | "status"
>;

function unheard(element: HTMLElement): HTMLElement {
  element.setAttribute("aria-hidden", "true");
  return element;
}

function withRole(element: HTMLElement, role: string): HTMLElement {
  element.setAttribute("role", role);
  return element;
}

function makeSheet(content: HTMLElement): Pick<MapFrame, Sheet> {
  const scroller = make("div", "scroller", content);
  const sheet = withRole(make("div", "sheet", scroller), "grid");
  const corner = unheard(make("div", "corner", sheet));
  const head = make("div", "head", sheet);
  const headCaption = make("span", "", unheard(make("div", "caption", head)));
  const headRow = withRole(make("div", "labels", head), "row");
  headRow.setAttribute("aria-rowindex", "1");
  const headFlag = unheard(make("span", "label flag", head));
  const side = make("div", "side", sheet);
  const sideCaption = unheard(make("span", "caption", side));
  const sideRows = withRole(make("div", "labels", side), "rowgroup");
  const sideFlag = unheard(make("span", "label flag", side));
  const cells = make("div", "cells", sheet);
  const canvas = unheard(make("canvas", "", cells)) as HTMLCanvasElement;
  const masks = unheard(make("div", "masks", cells));
  const mark = (name: string) => unheard(make("div", `mark ${name}`, cells));
  const [rowLane, columnLane, pin, box] = [mark("lane row"), mark("lane column"), mark("pin"), mark("box")];
  const rowBars = unheard(make("div", "rowbars", sheet));
  unheard(make("div", "under", sheet));
  const columnBars = unheard(make("div", "foot", sheet));
  const end = unheard(make("div", "end", sheet));
  end.append(make("div"), make("div"));
  for (const part of [headFlag, sideFlag, rowLane, columnLane, box, pin]) part.hidden = true;
  return {
    ...{ scroller, sheet, corner, head, headCaption, headRow, headFlag, side, sideCaption, sideRows, sideFlag },
    ...{ cells, canvas, masks, rowLane, columnLane, box, pin, rowBars, columnBars, end },
  };
}
