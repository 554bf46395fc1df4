/** A 16-bit float: bits of fraction, and what is added to the exponent. */
interface HalfFormat {
  readonly fraction: number;
  readonly bias: number;
}

export const FLOAT16: HalfFormat = { fraction: 10, bias: 15 };
export const BFLOAT16: HalfFormat = { fraction: 7, bias: 127 };

/** The nearest integer, halves to the even one. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The power of two of a number's leading bit. */
function exponentOf(magnitude: number): number {
  const guess = Math.floor(Math.log2(magnitude));
  if (2 ** guess > magnitude) return guess - 1;
  return 2 ** (guess + 1) <= magnitude ? guess + 1 : guess;
}

/** The bits of the nearest 16-bit float, halves to even; too large is infinite. */
export function encodeHalf(x: number, { fraction, bias }: HalfFormat): number {
  const infinite = (2 * bias + 1) << fraction;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  if (Number.isNaN(x)) return infinite | (1 << (fraction - 1));
  const magnitude = Math.abs(x);
  if (magnitude === 0) return sign;
  if (magnitude >= 2 ** (bias + 1)) return sign | infinite;
  const exponent = Math.max(exponentOf(magnitude), 1 - bias);
  const steps = roundHalfEven(magnitude / 2 ** (exponent - fraction));
  // A carry out of the fraction lands in the exponent, and a missing leading bit takes one away: subnormal numbers.
  return sign | (((exponent + bias) << fraction) + steps - (1 << fraction));
}

export function decodeHalf(bits: number, { fraction, bias }: HalfFormat): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fraction;
  const steps = bits & ((1 << fraction) - 1);
  if (exponent === 2 * bias + 1) return steps === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * steps * 2 ** (1 - bias - fraction);
  return sign * (steps + (1 << fraction)) * 2 ** (exponent - bias - fraction);
}
