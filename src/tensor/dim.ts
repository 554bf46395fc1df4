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

/** Splits at a sign outside parentheses. */
function splitAt(sign: "*" | "+", text: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === sign && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function factors(dim: Dim): Factors {
  if (typeof dim === "number") return { factor: dim, symbols: [] };
  const symbols = splitAt("*", dim);
  const first = Number(symbols[0] || Number.NaN);
  return Number.isNaN(first) ? { factor: 1, symbols } : { factor: first, symbols: symbols.slice(1) };
}

/** Whether the parenthesis that opens a text closes at its end. */
function isEnclosed(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")") depth--;
    if (depth === 0) return i > 0 && i === text.length - 1;
  }
  return false;
}

/** What a dimension is the sum of: itself, or the terms of a sum in parentheses. */
export function termsOf(dim: Dim): Dim[] {
  if (typeof dim === "number" || !isEnclosed(dim)) return [dim];
  return splitAt("+", dim.slice(1, -1)).map((term) => (Number.isNaN(Number(term)) ? term : Number(term)));
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
  const parts = dims.flatMap(termsOf);
  const known = parts.reduce<number>((total, dim) => (typeof dim === "number" ? total + dim : total), 0);
  const symbols = parts.filter((dim): dim is string => typeof dim === "string").sort();
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
