/**
 * A dimension is a number or a product of numbers and named symbols, written canonically: `"batch"`, `"30*batch"`, `"batch*time"`.
 * A sum, as a key-value cache needs, is a symbol of its own: `"(past+1)"`. `"?1"` is a dimension that only a run can tell.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

let unknownCount = 0;

/** A dimension that only a run can tell; no two are equal. */
export function unknownDim(): Dim {
  return `?${++unknownCount}`;
}

export function isUnknown(dim: Dim): boolean {
  return typeof dim === "string" && dim.includes("?");
}

interface Factors {
  factor: number;
  symbols: string[];
}

/** Splits at the stars outside parentheses. */
function factors(dim: Dim): Factors {
  if (typeof dim === "number") return { factor: dim, symbols: [] };
  const symbols = dim.match(/\([^()]*(?:\([^()]*\)[^()]*)*\)|[^*()]+/g) ?? [];
  const first = Number(symbols[0]);
  return Number.isNaN(first) ? { factor: 1, symbols } : { factor: first, symbols: symbols.slice(1) };
}

function join({ factor, symbols }: Factors): Dim {
  if (factor === 0 || symbols.length === 0) return factor;
  const sorted = [...symbols].sort();
  return (factor === 1 ? sorted : [factor, ...sorted]).join("*");
}

/** The product of dimensions: `multiplyDims(["batch", 30])` is `"30*batch"`; of none, 1. */
export function multiplyDims(dims: Shape): Dim {
  const parts = dims.map(factors);
  return join({
    factor: parts.reduce((total, part) => total * part.factor, 1),
    symbols: parts.flatMap((part) => part.symbols),
  });
}

/** The quotient of two dimensions, or undefined where it is not a dimension. */
export function divideDims(dividend: Dim, divisor: Dim): Dim | undefined {
  const top = factors(dividend);
  const bottom = factors(divisor);
  if (bottom.factor === 0) return undefined;
  const symbols = [...top.symbols];
  for (const symbol of bottom.symbols) {
    const at = symbols.indexOf(symbol);
    if (at < 0) return undefined;
    symbols.splice(at, 1);
  }
  const factor = top.factor / bottom.factor;
  return Number.isInteger(factor) ? join({ factor, symbols }) : undefined;
}

/** The sum of dimensions: a number, or a symbol of its own. */
export function addDims(dims: Shape): Dim {
  const known = dims.reduce<number>((total, dim) => (typeof dim === "number" ? total + dim : total), 0);
  const symbols = dims.filter((dim): dim is string => typeof dim === "string").sort();
  if (symbols.length === 0) return known;
  if (symbols.length === 1 && known === 0) return symbols[0] as string;
  return `(${known === 0 ? symbols.join("+") : [...symbols, known].join("+")})`;
}

/** The symbols that a dimension is made of, sums left whole. */
export function symbolsOf(dim: Dim): { factor: number; symbols: readonly string[] } {
  return factors(dim);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(",")}]`;
}
