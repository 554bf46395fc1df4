import { type AttentionMap, checkAttentionMap } from "../attention-map.ts";
import type { MapScale } from "./attention-map-data.ts";
import { PointingElement } from "./pointing.ts";

export type MapView = "matrix" | "table";

const NOTHING: AttentionMap = { rows: [], columns: [], weights: [] };

/** What can be set on an attention map, as properties and, where it is a word or a number, as attributes. */
export abstract class MapProperties extends PointingElement {
  static override readonly observedAttributes: readonly string[] = [
    ...PointingElement.observedAttributes,
    ...["scale", "gamma", "transposed", "bars", "bare", "view", "zoom"],
  ];

  #map = NOTHING;
  #scale: MapScale = "absolute";
  #gamma = 0.5;
  #transposed = false;
  #bars = true;
  #bare = false;
  #masked: readonly number[] = [];
  #view: MapView = "matrix";
  #zoom = 1;

  /** Drops what was computed from the map and how it is to be coloured. */
  protected abstract forget(): void;

  override attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    super.attributeChangedCallback(name, before, after);
    const isOn = after !== null && after !== "false";
    if (name === "scale" && (after === "absolute" || after === "row" || after === "gamma")) this.scale = after;
    else if (name === "view" && (after === "matrix" || after === "table")) this.view = after;
    else if (name === "gamma" && Number(after) > 0) this.gamma = Number(after);
    else if (name === "zoom" && Number(after) >= 1) this.zoom = Number(after);
    else if (name === "transposed") this.transposed = isOn;
    else if (name === "bars") this.bars = after === null || isOn;
    else if (name === "bare") this.bare = isOn;
  }

  /** The map that is shown. @throws ShapeError, RangeError as `checkAttentionMap` */
  get map(): AttentionMap {
    return this.#map;
  }

  set map(map: AttentionMap | undefined) {
    if (map) checkAttentionMap(map);
    this.#map = map ?? NOTHING;
    this.forget();
    this.invalidate();
  }

  /** What colours stand for. @default "absolute" */
  get scale(): MapScale {
    return this.#scale;
  }

  set scale(scale: MapScale) {
    this.#scale = scale;
    this.forget();
    this.invalidate();
  }

  /** Exponent of the scale `gamma`; below 1 it tells small weights apart. @default 0.5 @throws RangeError when it is not above 0 */
  get gamma(): number {
    return this.#gamma;
  }

  set gamma(gamma: number) {
    if (!(gamma > 0)) throw new RangeError(`fovea-attention-map: expected gamma above 0 but found ${gamma}`);
    this.#gamma = gamma;
    this.forget();
    this.invalidate();
  }

  /** Whether rows are keys and columns queries: "attended by". @default false */
  get transposed(): boolean {
    return this.#transposed;
  }

  set transposed(transposed: boolean) {
    this.#transposed = transposed;
    this.forget();
    this.invalidate();
  }

  /** Bars of row entropy and of coverage. @default true */
  get bars(): boolean {
    return this.#bars;
  }

  set bars(bars: boolean) {
    this.#bars = bars;
    this.invalidate();
  }

  /** Whether only the cells with their labels are shown: no tools, legend and status line. @default false */
  get bare(): boolean {
    return this.#bare;
  }

  set bare(bare: boolean) {
    this.#bare = bare;
    this.invalidate();
  }

  /** Places of the keys that are struck out. */
  get masked(): readonly number[] {
    return this.#masked;
  }

  set masked(masked: readonly number[] | undefined) {
    this.#masked = masked ?? [];
    this.invalidate();
  }

  /** The picture or a table of the same numbers. @default "matrix" */
  get view(): MapView {
    return this.#view;
  }

  set view(view: MapView) {
    this.#view = view;
    this.invalidate();
  }

  /** How much larger than fitting to its room the picture is. @default 1 @throws RangeError when it is below 1 */
  get zoom(): number {
    return this.#zoom;
  }

  set zoom(zoom: number) {
    if (!(zoom >= 1)) throw new RangeError(`fovea-attention-map: expected zoom of at least 1 but found ${zoom}`);
    this.#zoom = zoom;
    this.invalidate();
  }
}
