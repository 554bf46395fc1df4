import { type AttentionMap, rowEntropy, rowRanks } from "../attention-map.ts";
import { shadeIndex } from "../color-table.ts";
import type { CellFacts } from "../messages.ts";
import { formatWeight } from "../number-text.ts";
import { isolated, tokenText } from "../token-text.ts";
import type { Place } from "./selection.ts";

/** What the colour of a cell stands for: the weight, its share of the row's largest, or a power of it that lifts small weights. */
export type MapScale = "absolute" | "row" | "gamma";

export interface DrawnOptions {
  readonly scale: MapScale;
  /** Exponent of the scale `gamma`. */
  readonly gamma: number;
  /** Rows are keys and columns queries: "attended by". */
  readonly transposed: boolean;
}

/** A map as it is drawn: turned as asked, with the place of each cell in the colour table and the bars of both sides. */
export interface DrawnMap {
  readonly rows: number;
  readonly columns: number;
  readonly rowTokens: readonly string[];
  readonly columnTokens: readonly string[];
  /** Row-major, as drawn. */
  readonly weights: ArrayLike<number>;
  /** Row-major places in the table of 256 colours, as drawn. */
  readonly shades: Uint8Array;
  /** Entropy of each query, in bits. */
  readonly entropy: Float64Array;
  /** Sum over all queries of the weight on each key. */
  readonly coverage: Float64Array;
}

/** A cell by row and column as drawn; −1 stands for the labels. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A matrix of weights, row-major. */
export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly weights: ArrayLike<number>;
}

/** Places in the table of 256 colours, row-major. */
export function shadesOf(matrix: WeightMatrix, { scale, gamma }: Omit<DrawnOptions, "transposed">): Uint8Array {
  const { rows, columns, weights } = matrix;
  const shades = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * columns, (row + 1) * columns];
    let reference = 1;
    if (scale === "row") {
      let largest = 0;
      for (let i = start; i < end; i++) if ((weights[i] as number) > largest) largest = weights[i] as number;
      reference = largest > 0 ? Math.min(1, largest) : 1;
    }
    for (let i = start; i < end; i++) {
      const share = Math.min(1, Math.max(0, weights[i] as number)) / reference;
      shades[i] = shadeIndex(scale === "gamma" ? share ** gamma : share);
    }
  }
  return shades;
}

/** Columns become rows. */
function turned<Values extends Uint8Array | Float64Array>(
  from: ArrayLike<number>,
  to: Values,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Values {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column] as number;
  }
  return to;
}

export function drawnMap(map: AttentionMap, options: DrawnOptions): DrawnMap {
  const [queries, keys] = [map.rows.length, map.columns.length];
  const size = { rows: queries, columns: keys };
  const entropy = new Float64Array(queries);
  const coverage = new Float64Array(keys);
  const row = new Float64Array(keys);
  for (let query = 0; query < queries; query++) {
    for (let key = 0; key < keys; key++) {
      const weight = map.weights[query * keys + key] as number;
      row[key] = weight;
      coverage[key] = (coverage[key] as number) + weight;
    }
    entropy[query] = rowEntropy(row);
  }
  const shades = shadesOf({ ...size, weights: map.weights }, options);
  const bars = { entropy, coverage };
  if (!options.transposed) {
    return { ...size, rowTokens: map.rows, columnTokens: map.columns, weights: map.weights, shades, ...bars };
  }
  const cells = queries * keys;
  return {
    ...{ rows: keys, columns: queries, rowTokens: map.columns, columnTokens: map.rows },
    weights: turned(map.weights, new Float64Array(cells), size),
    shades: turned(shades, new Uint8Array(cells), size),
    ...bars,
  };
}

/** The query and key of a cell. */
export function placeOf(cell: Cell, transposed: boolean): Place {
  const { row, column } = cell;
  const [query, key] = transposed ? [column, row] : [row, column];
  return { ...(query >= 0 ? { query } : {}), ...(key >= 0 ? { key } : {}) };
}

/** Where a query and a key are drawn; −1 for what is not said. */
export function cellOf(place: Place, transposed: boolean): Cell {
  const [query, key] = [place.query ?? -1, place.key ?? -1];
  return transposed ? { row: key, column: query } : { row: query, column: key };
}

/** A token as it stands in a sentence: visible, and apart from the direction of what is around it. */
export function quotedToken(token: string): string {
  return isolated(tokenText(token));
}

/** What is said of one cell of a map: texts, weight, rank in the row, entropy of the row. */
export function cellFacts(map: AttentionMap, { query, key }: { query: number; key: number }): CellFacts {
  const keys = map.columns.length;
  const row = Array.from({ length: keys }, (_, place) => map.weights[query * keys + place] as number);
  return {
    query: quotedToken(map.rows[query] as string),
    queryPlace: query + 1,
    key: quotedToken(map.columns[key] as string),
    keyPlace: key + 1,
    weight: formatWeight(row[key] as number),
    rank: rowRanks(row)[key] as number,
    columns: keys,
    entropy: rowEntropy(row).toFixed(2),
  };
}
