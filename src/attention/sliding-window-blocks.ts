import { array } from "../tensor/nd-array.ts";
import { rearrange } from "../tensor/patterns.ts";
import { applyOne, concat, constant, full, range, type Tensor } from "../tensor/tensor.ts";
import { attend } from "./attend.ts";
import type { AttentionInput, AttentionOutput, Score } from "./contract.ts";
import { windowMask } from "./masks.ts";

export interface BlockInput extends AttentionInput {
  readonly score: Score;
  readonly dropout?: number | undefined;
  /** queryLen and keyLen. */
  readonly length: number;
  /** Keys seen on each side. */
  readonly radius: number;
  readonly dilation: number;
  readonly causal: boolean;
}

/** How a sequence is cut. */
interface Cut {
  readonly length: number;
  readonly radius: number;
  readonly dilation: number;
  readonly blocks: number;
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
  const { length, radius, dilation, causal, score, dropout } = args;
  const neighbours = causal ? 2 : 3;
  const cut = { length, radius, dilation, blocks: Math.ceil(length / (radius * dilation)), neighbours };
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
    score,
    dropout,
  });
  return { output: joined(output, cut), weights: spread(weights, cut) };
}

/** `[... length dim]` → `[... dilation blocks radius dim]`, zeros behind the end. */
function inBlocks(x: Tensor, { length, radius, dilation, blocks }: Cut): Tensor {
  const whole = pad(x, -2, { after: blocks * radius * dilation - length });
  return rearrange(whole, "... (blocks radius dilation) dim -> ... dilation blocks radius dim", { radius, dilation });
}

/** `[... length dim]` → `[... dilation blocks (neighbours radius) dim]`: each block between those beside it, or behind the last. */
function beside(x: Tensor, cut: Cut): Tensor {
  const { blocks, neighbours } = cut;
  const padded = pad(inBlocks(x, cut), -3, { before: 1, after: neighbours - 2 });
  const shifted = Array.from({ length: neighbours }, (_, i) => padded.slice({ axis: -3, start: i, end: i + blocks }));
  return concat(shifted, -2);
}

/** The other way: `[... dilation blocks radius dim]` → `[... length dim]`. */
function joined(x: Tensor, { length }: Cut): Tensor {
  const whole = rearrange(x, "... dilation blocks radius dim -> ... (blocks radius dilation) dim");
  return whole.slice({ axis: -2, end: length });
}

/**
 * Weights of blocks in their places among all keys: `[... dilation blocks radius (neighbours radius)]` → `[... length length]`.
 * Rows that are padded to one block more than they have places for, and then cut anew, begin one block later each.
 */
function spread(weights: Tensor, cut: Cut): Tensor {
  const { radius, dilation, blocks, neighbours } = cut;
  const held = neighbours * radius;
  const width = (blocks + neighbours - 1) * radius;
  const rows = rearrange(weights, "... dilation blocks radius key -> ... dilation radius blocks key");
  const stretched = pad(rows, -1, { after: width + radius - held });
  const line = rearrange(stretched, "... blocks key -> ... (blocks key)").slice({ axis: -1, end: blocks * width });
  const placed = rearrange(line, "... (blocks key) -> ... blocks key", { blocks });
  const own = placed.slice({ axis: -1, start: radius, end: radius + blocks * radius });
  const sequences = Float32Array.from({ length: dilation * dilation }, (_, i) => Number(i % (dilation + 1) === 0));
  const same = constant(array(sequences, [dilation, 1, 1, 1, dilation]));
  const all = rearrange(
    own.unsqueeze(-1).mul(same),
    "... dilation radius blocks key other -> ... (blocks radius dilation) (key other)",
  );
  const { length } = cut;
  return all.slice({ axis: -2, end: length }).slice({ axis: -1, end: length });
}

/** Its numbers name all axes: ONNX Runtime 1.30 fails where it moves a transposition past a Pad that names some. */
function pad(x: Tensor, axis: number, { before = 0, after = 0 }: { before?: number; after?: number }): Tensor {
  if (before === 0 && after === 0) return x;
  const pads = [before, after].flatMap((count) => new Array<number>(x.rank).fill(0).with(axis, count));
  return applyOne("Pad", [x, constant(array(pads, undefined, "int64"))]);
}
