import type { Share } from "./events.ts";

/** Standard normal quantile of a two-sided 95 % interval. */
const Z = 1.959964;

/** A share with its 95 % interval (Wilson 1927): right to be trusted near 0 and 1, where the usual formula is not. */
export function share(name: string, right: number, count: number): Share {
  if (count === 0) return { name, count, right, share: 0, low: 0, high: 1 };
  const p = right / count;
  const centre = p + Z ** 2 / (2 * count);
  const spread = Z * Math.sqrt((p * (1 - p)) / count + Z ** 2 / (4 * count ** 2));
  const scale = 1 + Z ** 2 / count;
  const [low, high] = [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
  return { name, count, right, share: p, low: right === 0 ? 0 : low, high: right === count ? 1 : high };
}

/** The smallest `x` between `low` and `high` of a function with one minimum (golden-section search, Kiefer 1953). */
export function minimize(f: (x: number) => number, low: number, high: number, tolerance = 1e-3): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [left, right] = [b - golden * (b - a), a + golden * (b - a)];
  let [atLeft, atRight] = [f(left), f(right)];
  while (b - a > tolerance) {
    if (atLeft < atRight) {
      [b, right, atRight] = [right, left, atLeft];
      left = b - golden * (b - a);
      atLeft = f(left);
    } else {
      [a, left, atLeft] = [left, right, atRight];
      right = a + golden * (b - a);
      atRight = f(right);
    }
  }
  return (a + b) / 2;
}
