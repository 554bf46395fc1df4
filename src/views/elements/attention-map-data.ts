import { type AttentionMap, rowEntropy, rowRanks } from "../attention-map.ts";
import { shadeIndex } from "../color-table.ts";
import type { CellFacts } from "../messages.ts";
import { formatWeight } from "../number-text.ts";
import { tokenText } from "../token-text.ts";
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

export function drawnMap(map: AttentionMap, options: DrawnOptions): DrawnMap {
  const [queries, keys] = [map.rows.length, map.columns.length];
  const entropy = new Float64Array(queries);
  const coverage = new Float64Array(keys);
  const shades = new Uint8Array(queries * keys);
  const weights = options.transposed ? new Float64Array(queries * keys) : map.weights;
  const row = new Float64Array(keys);
  for (let query = 0; query < queries; query++) {
    let largest = 0;
    for (let key = 0; key < keys; key++) {
      const weight = map.weights[query * keys + key] as number;
      row[key] = weight;
      coverage[key] = (coverage[key] as number) + weight;
      if (weight > largest) largest = weight;
    }
    entropy[query] = rowEntropy(row);
    const reference = options.scale === "row" && largest > 0 ? Math.min(1, largest) : 1;
    for (let key = 0; key < keys; key++) {
      const share = Math.min(1, Math.max(0, row[key] as number)) / reference;
      const at = options.transposed ? key * queries + query : query * keys + key;
      shades[at] = shadeIndex(options.scale === "gamma" ? share ** options.gamma : share);
      if (options.transposed) (weights as Float64Array)[at] = row[key] as number;
    }
  }
  const [rowTokens, columnTokens] = options.transposed ? [map.columns, map.rows] : [map.rows, map.columns];
  const [rows, columns] = [rowTokens.length, columnTokens.length];
  return { rows, columns, rowTokens, columnTokens, weights, shades, entropy, coverage };
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

/** Hebrew, Arabic and their kin, which would draw the words around them into their direction. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A token as it stands in a sentence: visible, and apart from the direction of what is around it. */
export function quotedToken(token: string): string {
  const text = tokenText(token);
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
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
