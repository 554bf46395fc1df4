import type { FoveaAttentionMap } from "./attention-map.ts";
import { makeRamp } from "./attention-map-frame.ts";
import { make } from "./base.ts";

/** The parts of a grid of heads. */
export interface GridFrame {
  readonly tools: HTMLElement;
  readonly back: HTMLButtonElement;
  readonly count: HTMLElement;
  readonly sorting: HTMLElement;
  readonly sortLabel: HTMLElement;
  readonly sort: HTMLSelectElement;
  readonly scaling: HTMLElement;
  readonly scale: HTMLSelectElement;
  readonly empty: HTMLElement;
  readonly heads: HTMLElement;
  readonly aloneHolder: HTMLElement;
  readonly aloneBadges: HTMLElement;
  readonly map: FoveaAttentionMap;
  readonly legend: HTMLElement;
  readonly legendCaption: HTMLElement;
  readonly ramp: HTMLCanvasElement;
  readonly status: HTMLElement;
}

function choices(parent: HTMLElement, values: readonly string[]): HTMLSelectElement {
  const select = make("select", "", parent);
  for (const value of values) make("option", "", select).value = value;
  return select;
}

export function makeGridFrame(content: HTMLElement): GridFrame {
  const tools = make("div", "tools", content);
  const back = make("button", "", tools);
  back.type = "button";
  const count = make("span", "count", tools);
  const sorting = make("label", "", tools);
  const sortLabel = make("span", "", sorting);
  const sort = choices(sorting, ["layer", "entropy", "distance"]);
  const scaling = make("span", "", tools);
  const scale = choices(scaling, ["absolute", "row", "gamma"]);
  const empty = make("p", "empty", content);
  const heads = make("div", "heads", content);
  heads.setAttribute("role", "listbox");
  heads.setAttribute("aria-orientation", "horizontal");
  const aloneHolder = make("div", "alone", content);
  const aloneBadges = make("div", "badges", aloneHolder);
  const map = document.createElement("fovea-attention-map");
  aloneHolder.append(map);
  const { legend, legendCaption, ramp } = makeRamp(content);
  const status = make("p", "status", content);
  const tool = { tools, back, count, sorting, sortLabel, sort, scaling, scale };
  return { ...tool, empty, heads, aloneHolder, aloneBadges, map, legend, legendCaption, ramp, status };
}
