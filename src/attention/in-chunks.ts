import { scan } from "../nn/scan.ts";
import type { Dim } from "../tensor/dim.ts";
import { range, type Tensor } from "../tensor/tensor.ts";
import { joinBlocks, splitBlocks } from "./blocks.ts";
import { both, isAlikeForQueries, upToMask } from "./masks.ts";

/** What is cut: `[... queryLen queryDim]`, `[... keyLen keyDim]`, `[... keyLen valueDim]`, and what stretches to `[... queryLen keyLen]`. */
export interface Whole {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly mask?: Tensor | undefined;
  readonly bias?: Tensor | undefined;
}

export interface InChunksOptions {
  /** Most queries at a time; default: as many as stay in the cache, but at least 256. */
  readonly chunk?: number | undefined;
  /** Whether no query sees a key behind its own place; default false. */
  readonly causal?: boolean | undefined;
  /** Places of the queries among the keys: `[... queryLen]` int32. */
  readonly places: Tensor;
  /** Leading axes of the output. */
  readonly leading: readonly Dim[];
  /** Whether examples and heads do not know of each other, so that each may go by itself; a score of heads would miss the others. */
  readonly isSeparable: boolean;
  /** The output of a part, whose queries stand at `queryOffset` + 0, 1, … among the keys: `[... queryLen]` int32. */
  readonly attend: (part: Whole & { readonly queryOffset: Tensor }) => Tensor;
}

/** So many scores stay in a processor's cache until the next product reads them: a megabyte. */
export const SCORES_IN_CACHE: number = 2 ** 18;

/** Fewer queries at a time would spend more on adding up the gradients of the keys than the cache saves. */
const LEAST_CHUNK = 256;

/**
 * The output `[... queryLen valueDim]` of attention whose rows do not depend on each other, part by part: so many examples, heads
 * and chunks of queries at a time as stay in the cache. Parts follow one another in a `scan`, whose gradient computes the scores
 * of each part anew: no more of them than a part's are ever there.
 */
export function inChunks(whole: Whole, options: InChunksOptions): Tensor {
  const { places, causal = false, attend, leading, isSeparable } = options;
  const [queryLen, keyLen] = [whole.query.dim(-2), whole.key.dim(-2)];
  const most = typeof keyLen === "number" ? Math.max(LEAST_CHUNK, Math.floor(SCORES_IN_CACHE / keyLen)) : LEAST_CHUNK;
  const { chunk = most } = options;
  const placed = { ...whole, places: places.unsqueeze(-1) };
  const run: Run = {
    isSeparable,
    attend: ({ places, ...part }) => {
      const rows = places.squeeze(-1);
      const mask = causal ? both(part.mask, upToMask(rows, keyLen)) : part.mask;
      return attend({ ...part, mask, queryOffset: rows.sub(range(rows.dim(-1))) });
    },
  };
  if (typeof queryLen === "number" && queryLen <= chunk) return over(placed, leading, run);
  // Where all sizes are known, each head goes through its chunks, which share its keys; else all go through them together.
  if (isSeparable && leading.every((dim) => typeof dim === "number")) {
    return joinBlocks(over(cutInside(placed, chunk), [...leading, CHUNKS], run), queryLen);
  }
  const output = over(cutOutside(placed, { chunk, rank: leading.length + 2 }), [CHUNKS, ...leading], run);
  return joinBlocks(rearrangeFirst(output, -3), queryLen);
}

/** With the queries' places, `[... queryLen 1]`. */
type Placed = Whole & { readonly places: Tensor };

interface Run {
  readonly isSeparable: boolean;
  readonly attend: (part: Placed) => Tensor;
}

/** The axis of chunks, which is always gone through one by one. */
const CHUNKS = "chunks";

type Axis = Dim | typeof CHUNKS;

function map(whole: Placed, change: (tensor: Tensor, isCut: boolean) => Tensor): Placed {
  const entries = Object.entries(whole as unknown as Record<string, Tensor | undefined>).flatMap(([name, tensor]) => {
    if (!tensor) return [];
    const isOfQueries = name === "query" || name === "places";
    const variesByQuery = (name === "mask" || name === "bias") && !isAlikeForQueries(tensor);
    return [[name, change(tensor, isOfQueries || variesByQuery)] as const];
  });
  return Object.fromEntries(entries) as unknown as Placed;
}

/** `[... queryLen width]` → `[... chunks chunk width]`; what all queries share gets an axis of length 1 there. */
function cutInside(whole: Placed, chunk: number): Placed {
  return map(whole, (tensor, isCut) => {
    if (isCut) return splitBlocks(tensor, chunk);
    return tensor.rank > 2 ? tensor.unsqueeze(-3) : tensor;
  });
}

/** `[... queryLen width]` → `[chunks ... chunk width]`; what all queries share stays as it is. */
function cutOutside(whole: Placed, { chunk, rank }: { chunk: number; rank: number }): Placed {
  return map(whole, (tensor, isCut) => {
    if (!isCut) return tensor;
    const full =
      tensor.rank < rank ? tensor.unsqueeze(Array.from({ length: rank - tensor.rank }, (_, i) => i)) : tensor;
    const blocks = splitBlocks(full, chunk);
    const at = blocks.rank - 3;
    return blocks.transpose([at, ...new Array(at).keys(), at + 1, at + 2]);
  });
}

/** The first axis moved to `to`, counted from the end. */
function rearrangeFirst(x: Tensor, to: number): Tensor {
  const rest = Array.from({ length: x.rank - 1 }, (_, axis) => axis + 1);
  return x.transpose(rest.toSpliced(x.rank + to, 0, 0));
}

/** One element of the first leading axis after another, as long as the scores of all together would be too many. */
function over(whole: Placed, axes: readonly Axis[], run: Run): Tensor {
  const [first, ...rest] = axes;
  const isTogether = !axes.includes(CHUNKS) && (!run.isSeparable || fits(whole, axes as readonly Dim[]));
  if (first === undefined || isTogether) return run.attend(whole);
  const hasAxis = (tensor: Tensor) => tensor.rank - 2 === axes.length;
  const all = Object.entries(whole as unknown as Record<string, Tensor | undefined>);
  const fixed = all.map(([name, tensor]) => {
    return [name, tensor && hasAxis(tensor) && tensor.dim(0) === 1 ? tensor.squeeze(0) : tensor] as const;
  });
  const varying = all.filter((entry): entry is [string, Tensor] => {
    return entry[1] !== undefined && hasAxis(entry[1]) && entry[1].dim(0) !== 1;
  });
  const each = (element: object) => over({ ...Object.fromEntries(fixed), ...element } as unknown as Placed, rest, run);
  if (varying.length === 0) return each({}).unsqueeze(0);
  const { output } = scan({
    initial: {},
    inputs: Object.fromEntries(varying) as Record<string, Tensor>,
    step: (_, element: Record<string, Tensor>) => ({ state: {}, output: { output: each(element) } }),
    unroll: false,
  });
  return output.output;
}

/** Whether the scores of all together stay in the cache; of open sizes nothing is known, and they are left together. */
function fits({ query, key }: Whole, leading: readonly Dim[]): boolean {
  const dims = [...leading, query.dim(-2), key.dim(-2)];
  if (!dims.every((dim) => typeof dim === "number")) return true;
  return (dims as readonly number[]).reduce((total, dim) => total * dim, 1) <= SCORES_IN_CACHE;
}
