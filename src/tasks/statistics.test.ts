import { describe, expect, it } from "vitest";
import { minimize, share } from "./statistics.ts";

describe("a share", () => {
  /** From Wilson's formula with z = 1.959963984540054, computed in Python. */
  it.each([
    [8, 10, 0.4901625, 0.9433178],
    [1, 10, 0.0178762, 0.40415],
    [50, 100, 0.4038315, 0.5961685],
    [9975, 10_000, 0.9963119, 0.998306],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [0, 1, 0, 0.7934507],
  ])("%i of %i lies in Wilson's interval", (right, count, low, high) => {
    const found = share("dates", right, count);
    expect(found).toEqual({
      name: "dates",
      count,
      right,
      share: right / count,
      low: expect.closeTo(low, 6),
      high: expect.closeTo(high, 6),
    });
  });

  it("of nothing may be anything", () => {
    expect(share("none", 0, 0)).toEqual({ name: "none", count: 0, right: 0, share: 0, low: 0, high: 1 });
  });

  it("lies in its interval, which narrows as the count grows", () => {
    for (let right = 0; right <= 20; right++) {
      const [few, many] = [share("", right, 20), share("", 50 * right, 1000)];
      for (const { low, share: middle, high } of [few, many]) {
        expect([0, low, middle, high, 1]).toEqual([0, low, middle, high, 1].sort((a, b) => a - b));
      }
      expect(many.high - many.low).toBeLessThan(few.high - few.low);
    }
  });
});

describe("the least of a function", () => {
  it.each([
    ["inside", (x: number) => (x - 0.3) ** 2, 0.3],
    ["of a corner", (x: number) => Math.abs(x + 1.2), -1.2],
    ["at the low end", (x: number) => x, -2],
    ["at the high end", (x: number) => -x, 2],
  ])("%s is found", (_, f, least) => {
    expect(Math.abs(minimize(f, -2, 2) - least)).toBeLessThan(1e-3);
    expect(Math.abs(minimize(f, -2, 2, 1e-6) - least)).toBeLessThan(1e-6);
  });
});
