/** The attention that a graph gave, as one matrix a head. */
import type { AttentionMap } from "fovea/views";
import type { GraphRun } from "../../worker/api.ts";

/** One matrix, as `<fovea-head-grid>` takes it. */
export interface Head {
  readonly label: string;
  readonly layer: number;
  readonly head: number;
  readonly weights: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Where it lies in the weights of an output: its first cell, and how far rows and columns are apart. */
  readonly from: { readonly output: string; readonly start: number; readonly row: number; readonly column: number };
}

type GivenMap = GraphRun["maps"][number];

/** Splits every output of attention weights along all axes but those of queries and keys. */
export function headsOf(maps: readonly GivenMap[]): readonly Head[] {
  return maps.flatMap((map, layer) => split(map, layer, maps.length > 1 || map.axes.length < 3));
}

function split({ name, axes, shape, weights }: GivenMap, layer: number, isNamed: boolean): Head[] {
  const keyAxis = axes.includes("keyLen") ? axes.indexOf("keyLen") : shape.length - 1;
  const queryAxis = axes.includes("queryLen")
    ? axes.indexOf("queryLen")
    : axes.includes("keyLen")
      ? -1
      : shape.length - 2;
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((total, size) => total * size, 1));
  const others = shape.map((_, axis) => axis).filter((axis) => axis !== keyAxis && axis !== queryAxis);
  const rows = queryAxis < 0 ? 1 : (shape[queryAxis] as number);
  const columns = shape[keyAxis] as number;
  const count = others.reduce((total, axis) => total * (shape[axis] as number), 1);
  return Array.from({ length: count }, (_, head) => {
    const places = placesOf(head, others, shape);
    const start = others.reduce((sum, axis, i) => sum + (places[i] as number) * (steps[axis] as number), 0);
    const from = {
      output: name,
      start,
      row: queryAxis < 0 ? 0 : (steps[queryAxis] as number),
      column: steps[keyAxis] as number,
    };
    const cell = (row: number, column: number) => weights[start + row * from.row + column * from.column] as number;
    const matrix = Float32Array.from({ length: rows * columns }, (_, i) => cell(Math.floor(i / columns), i % columns));
    const parts = others.flatMap((axis, i) =>
      (shape[axis] as number) > 1 ? [`${nameOf(axes[axis])} ${(places[i] as number) + 1}`] : [],
    );
    const label = [...(isNamed || parts.length === 0 ? [name] : []), ...parts].join(" · ");
    return { label, layer, head, weights: matrix, rows, columns, from };
  });
}

function placesOf(index: number, axes: readonly number[], shape: readonly number[]): number[] {
  let rest = index;
  return axes
    .toReversed()
    .map((axis) => {
      const size = shape[axis] as number;
      const place = rest % size;
      rest = Math.floor(rest / size);
      return place;
    })
    .reverse();
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));

/** The head that has the same place in another layer, or the last one of a layer that has fewer. */
export function inLayer(heads: readonly Head[], index: number, by: number): number | undefined {
  const { layer = 0, head = 0 } = heads[index] ?? {};
  const places = heads.flatMap((one, place) => (one.layer === layer + by ? [place] : []));
  return places[head] ?? places.at(-1);
}

/** A head as a map; a graph knows places only, so those are its tokens. */
export function mapOf({ label, weights, rows, columns }: Head): AttentionMap {
  return { title: label, axes: "queries", rows: numbers(rows), columns: numbers(columns), weights };
}

/** One of an axis: of `heads` a head. */
function nameOf(axis = "axis"): string {
  return axis === "heads" ? "head" : axis;
}
