import { addDims, type Dim } from "../tensor/dim.ts";
import { rearrange } from "../tensor/patterns.ts";
import { applyOne, concat, constant, full, range, type Tensor, zeros } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import { joinBlocks, keepFirst, padAxis, splitBlocks } from "./blocks.ts";
import type { AttentionInput, AttentionOutput, Normalize, Score } from "./contract.ts";
import { windowMask } from "./masks.ts";

export interface BlockInput extends AttentionInput {
  /** May know distances where dilation is 1. */
  readonly score: Score;
  readonly normalize?: Normalize | undefined;
  readonly dropout?: number | undefined;
  /** queryLen and keyLen. */
  readonly length: Dim;
  /** Keys seen on each side. */
  readonly radius: number;
  readonly dilation: number;
  readonly causal: boolean;
}

/** How a sequence is cut. */
interface Cut {
  readonly length: Dim;
  readonly radius: number;
  readonly dilation: number;
  /** Blocks of keys that a block of queries is compared with. */
  readonly neighbours: number;
}

/**
 * A sliding window in blocks: each, of `radius` queries, is compared with the keys of its own block and of those beside it, for
 * no window reaches farther. With a dilation, every dilation-th token makes a sequence of its own, and all lie side by side.
 *
 * Axes inside: `[... dilation blocks radius dim]` for queries, `[... dilation blocks (neighbours radius) dim]` for keys. `mask`
 * and `bias` are `[... 1 length]`.
 */
export function attendInBlocks(args: BlockInput): AttentionOutput {
  const { length, radius, dilation, causal, score, normalize, dropout } = args;
  const neighbours = causal ? 2 : 3;
  const cut = { length, radius, dilation, neighbours };
  const perKey = (x: Tensor) =>
    beside(x.rank === 1 ? x.unsqueeze(-1) : rearrange(x, "... query key -> ... key query"), cut);
  const ofKeys = (x: Tensor) => rearrange(perKey(x), "... key query -> ... query key");
  const place = range(radius).add(radius);
  const band = windowMask(place, { keyLen: neighbours * radius, radius });
  const inside = causal ? band.and(range(2 * radius).lessOrEqual(place.unsqueeze(-1))) : band;
  const { output, weights } = attend({
    query: inBlocks(args.query, cut),
    key: beside(args.key, cut),
    value: beside(args.value, cut),
    mask: ofKeys(args.mask ?? full([length], 1, "bool")).and(inside),
    ...(args.bias ? { bias: ofKeys(args.bias) } : {}),
    // A block of keys lies before the queries' own.
    queryOffset: radius,
    score: besideBlocks(score),
    normalize,
    dropout,
  });
  return { output: joined(output, length), weights: spread(joined(weights, length), cut) };
}

/**
 * A score between blocks. It sees the axes of queries and keys as they were given (heads may differ in what they score), and those
 * of the blocks in front of them.
 */
function besideBlocks(score: Score): Score {
  return ({ query, key, queryOffset }) => {
    const rank = Math.max(query.rank, key.rank);
    const inFront = (x: Tensor) => {
      const whole = x.rank < rank ? x.unsqueeze(Array.from({ length: rank - x.rank }, (_, axis) => axis)) : x;
      return rearrange(whole, "... dilation blocks row dim -> dilation blocks ... row dim");
    };
    const scores = score({ query: inFront(query), key: inFront(key), queryOffset });
    return rearrange(scores, "dilation blocks ... query key -> ... dilation blocks query key");
  };
}

/** `[... length dim]` → `[... dilation blocks radius dim]`, zeros behind the end. */
function inBlocks(x: Tensor, { radius, dilation }: Cut): Tensor {
  const blocks = splitBlocks(x, radius * dilation);
  const cut = blocks.reshape([...blocks.shape.slice(0, -3), -1, radius, dilation, blocks.dim(-1)]);
  return rearrange(cut, "... blocks radius dilation dim -> ... dilation blocks radius dim");
}

/** `[... length dim]` → `[... dilation blocks (neighbours radius) dim]`: each block between those beside it, or behind the last. */
function beside(x: Tensor, cut: Cut): Tensor {
  const after = cut.neighbours - 2;
  const padded = padAxis(inBlocks(x, cut), -3, { before: 1, after });
  const shifted = Array.from({ length: cut.neighbours }, (_, start) => {
    const end = start - cut.neighbours + 1;
    return padded.slice({ axis: -3, start, ...(end < 0 && { end }) });
  });
  return concat(shifted, -2);
}

/** The other way: `[... dilation blocks radius dim]` → `[... length dim]`. */
function joined(x: Tensor, length: Dim): Tensor {
  const whole = rearrange(x, "... dilation blocks radius dim -> ... blocks radius dilation dim");
  const [radius, dilation, dim] = whole.shape.slice(-3) as [number, number, Dim];
  return joinBlocks(whole.reshape([...whole.shape.slice(0, -4), -1, radius * dilation, dim]), length);
}

/** Weights of a query's own keys in their places among all: `[... length (neighbours radius)]` → `[... length length]`. */
function spread(weights: Tensor, { length, radius, dilation, neighbours }: Cut): Tensor {
  const block = radius * dilation;
  const place = range(length);
  const of = (operator: string, x: Tensor, by: number) => applyOne(operator, [x, constant(by, "int32")]);
  // Counted from the block before the first: its places are cut off again.
  const first = of("Div", place, block)
    .mul(block)
    .add(of("Mod", place, dilation));
  const places = first.unsqueeze(-1).add(range(neighbours * radius).mul(dilation));
  const leading = weights.shape.slice(0, -1);
  const empty = zeros([...leading, addDims([length, neighbours * block])], weights.dtype);
  const filled = applyOne("ScatterElements", [empty, places.expand(weights.shape), weights], { axis: -1 });
  return keepFirst(filled.slice({ axis: -1, start: block }), -1, length);
}
