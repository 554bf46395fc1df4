import { type Dim, divideDims, formatShape, isUnknown, multiplyDims } from "./dim.ts";
import { ShapeError } from "./errors.ts";
import type { Tensor } from "./tensor.ts";

/** The names in a pattern of axes, `"... queryLen headDim"` giving `"queryLen" | "headDim"`. */
type AxisNames<Pattern extends string> = Pattern extends `${infer Head} ${infer Rest}`
  ? AxisNames<Head> | AxisNames<Rest>
  : Pattern extends "..." | "1" | ""
    ? never
    : Pattern;

/**
 * Checks tensors against patterns of named axes and returns what each name stands for. `...` stands for any leading axes,
 * which are not compared; `1` for an axis of length 1. A dimension that only a run can tell agrees with every other.
 *
 * @throws ShapeError that names the owner, the tensor, the axis and the shape found
 */
export function bindAxes<
  const Patterns extends Readonly<Record<string, readonly [Pick<Tensor, "shape" | "rank">, string]>>,
>(owner: string, patterns: Patterns): Record<AxisNames<Patterns[keyof Patterns][1]>, Dim> {
  const bound = new Map<string, { dim: Dim; first: string }>();
  for (const [name, [tensor, pattern]] of Object.entries(patterns)) {
    const axes = pattern.split(" ");
    const open = axes[0] === "...";
    const names = open ? axes.slice(1) : axes;
    const fail = (what: string): never => {
      throw new ShapeError(
        `${owner}: expected ${name} [${pattern}] ${what}, but found shape ${formatShape(tensor.shape)}`,
      );
    };
    if (open ? tensor.rank < names.length : tensor.rank !== names.length) {
      fail(`to have ${open ? "at least " : ""}${names.length} axes`);
    }
    for (const [i, axis] of names.entries()) {
      const dim = tensor.shape[tensor.rank - names.length + i] as Dim;
      const known = axis === "1" ? { dim: 1, first: "" } : bound.get(axis);
      if (known === undefined || (isUnknown(known.dim) && !isUnknown(dim))) bound.set(axis, { dim, first: name });
      else if (known.dim !== dim && !isUnknown(dim))
        fail(`to have ${axis}=${known.dim}${known.first ? `, as in ${known.first}` : ""}`);
    }
  }
  return Object.fromEntries([...bound].map(([axis, { dim }]) => [axis, dim])) as Record<
    AxisNames<Patterns[keyof Patterns][1]>,
    Dim
  >;
}

/** `"batch (heads dim)"` → `[["batch"], ["heads", "dim"]]`, with a name for each axis that `...` stands for. */
function parse(side: string, leading: readonly string[]): string[][] {
  const tokens = side.trim().match(/\([^()]*\)|[^\s()]+/g) ?? [];
  return tokens.flatMap((token) =>
    token === "..." ? leading.map((name) => [name]) : [token.replace(/[()]/g, " ").trim().split(/\s+/).filter(Boolean)],
  );
}

/** The names of both sides, in groups; `...` on the left takes what the other groups leave of the rank. */
function readPattern(pattern: string, rank: number): { left: string[][]; right: string[][] } {
  const sides = pattern.split("->");
  const [before = "", after = ""] = sides;
  const spare = Math.max(0, rank - parse(before, []).length);
  const leading = before.includes("...") ? Array.from({ length: spare }, (_, i) => `...${i}`) : [];
  const [left, right] = [parse(before, leading), parse(after, leading)];
  const [from, to] = [left.flat(), right.flat()];
  const twice = new Set(from).size !== from.length || before.includes("...") !== after.includes("...");
  if (sides.length !== 2 || twice || [...from].sort().join() !== [...to].sort().join()) {
    throw new SyntaxError(`rearrange: expected the same names once on both sides of "->" but found "${pattern}"`);
  }
  return { left, right };
}

/**
 * Rearranges axes by words, as in einops (Rogozhnikov 2022): `rearrange(x, "batch time (heads dim) -> batch heads time dim",
 * { heads: 8 })` splits, moves and joins axes. `...` on both sides stands for any further axes.
 *
 * @param sizes sizes of axes inside parentheses on the left; one of each group may be left out
 * @throws SyntaxError for a pattern that cannot be read; ShapeError when the tensor does not fit it
 */
export function rearrange(x: Tensor, pattern: string, sizes: Readonly<Record<string, Dim>> = {}): Tensor {
  const { left, right } = readPattern(pattern, x.rank);
  const from = left.flat();
  const strange = Object.keys(sizes).find((name) => !from.includes(name));
  if (strange !== undefined) {
    throw new SyntaxError(`rearrange: expected sizes of names in "${pattern}" but found ${strange}`);
  }
  if (left.length !== x.rank) {
    throw new ShapeError(
      `rearrange: expected ${left.length} axes for "${pattern}" but found shape ${formatShape(x.shape)}`,
    );
  }
  const dims = new Map<string, Dim>();
  for (const [axis, group] of left.entries()) bindGroup({ x, pattern, sizes, dims }, group, x.dim(axis));
  const dim = (name: string) => dims.get(name) as Dim;
  const order = right.flat().map((name) => from.indexOf(name));
  const moved = (isPlain(left) ? x : x.reshape(from.map(dim))).transpose(order);
  return isPlain(right) ? moved : moved.reshape(right.map((group) => multiplyDims(group.map(dim))));
}

/** Whether nothing is split or joined: a dimension that only a run can tell is moved all the same. */
function isPlain(groups: readonly (readonly string[])[]): boolean {
  return groups.every((group) => group.length === 1);
}

interface Binding {
  readonly x: Tensor;
  readonly pattern: string;
  readonly sizes: Readonly<Record<string, Dim>>;
  readonly dims: Map<string, Dim>;
}

function bindGroup({ x, pattern, sizes, dims }: Binding, group: readonly string[], whole: Dim): void {
  const open = group.filter((name) => sizes[name] === undefined);
  const rest = divideDims(whole, multiplyDims(group.flatMap((name) => sizes[name] ?? [])));
  if (open.length > 1 || rest === undefined || (open.length === 0 && rest !== 1)) {
    throw new ShapeError(
      `rearrange: expected (${group.join(" ")}) of "${pattern}" to divide ${whole} but found shape ${formatShape(x.shape)}`,
    );
  }
  for (const name of group) dims.set(name, sizes[name] ?? rest);
}
