import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDims,
  type Dim,
  divideDims,
  formatShape,
  isUnknown,
  multiplyDims,
  sameShape,
  symbolsOf,
  unknownDim,
} from "./dim.ts";

describe("products", () => {
  test.each<[Dim[], Dim]>([
    [[], 1],
    [[2, 3], 6],
    [["batch"], "batch"],
    [["time", 30, "batch"], "30*batch*time"],
    [["2*batch", "3*time"], "6*batch*time"],
    [["batch", "batch"], "batch*batch"],
    [["batch", 0], 0],
    [["(past+1)", "batch", 2], "2*(past+1)*batch"],
    [["1", "batch"], "batch"],
  ])("of %j is %j", (dims, expected) => {
    expect(multiplyDims(dims)).toBe(expected);
  });
});

describe("quotients", () => {
  test.each<[Dim, Dim, Dim | undefined]>([
    [6, 3, 2],
    [6, 4, undefined],
    ["30*batch", "batch", 30],
    ["30*batch", 10, "3*batch"],
    ["batch*time", "time", "batch"],
    ["batch", "time", undefined],
    ["batch", "batch", 1],
    ["batch*batch", "batch", "batch"],
    ["2*(past+1)", "(past+1)", 2],
    [0, 3, 0],
    [3, 0, undefined],
    ["batch", 1, "batch"],
  ])("%j by %j is %j", (dividend, divisor, expected) => {
    expect(divideDims(dividend, divisor)).toBe(expected);
  });
});

describe("sums", () => {
  test.each<[Dim[], Dim]>([
    [[], 0],
    [[2, 3], 5],
    [["batch", 0], "batch"],
    [["past", 1], "(past+1)"],
    [["time", "past", 2, 1], "(past+time+3)"],
    [["(past+1)", 2], "(past+3)"],
    [["(past+1)", "(past+time)"], "(past+past+time+1)"],
    [["(past+1)", -1], "past"],
    [["2*(past+1)", 1], "(2*(past+1)+1)"],
    [["(2*(past+1)+1)", "batch"], "(2*(past+1)+batch+1)"],
  ])("of %j is %j", (dims, expected) => {
    expect(addDims(dims)).toBe(expected);
  });

  test("of any depth are one symbol in a product", () => {
    const deep = addDims([multiplyDims([2, addDims([multiplyDims(["a", addDims(["b", 1])]), 5])]), 3]);
    expect(deep).toBe("(2*((b+1)*a+5)+3)");
    expect(symbolsOf(multiplyDims([7, deep]))).toEqual({ factor: 7, symbols: [deep] });
  });
});

test("symbols that others named are kept whole", () => {
  for (const name of ["(a)/(b)", "a+b", "unk__12", "floor(n/2)", ""]) {
    expect(multiplyDims([name])).toBe(name);
    expect(divideDims(multiplyDims([name, 6]), 6)).toBe(name);
    expect(addDims([name, 0])).toBe(name);
  }
});

const symbol = fc.constantFrom("batch", "time", "heads", "(past+1)");
const dim = fc.oneof(fc.integer({ min: 1, max: 12 }), symbol);

test("multiplying is the inverse of dividing, in any order of factors", () => {
  fc.assert(
    fc.property(fc.array(dim, { maxLength: 4 }), fc.array(dim, { maxLength: 4 }), (a, b) => {
      const [left, right] = [multiplyDims(a), multiplyDims(b)];
      const whole = multiplyDims([left, right]);
      expect(whole).toBe(multiplyDims([...b, ...a]));
      expect(divideDims(whole, right)).toBe(left);
    }),
  );
});

test("adding does not depend on order or grouping", () => {
  fc.assert(
    fc.property(fc.array(dim, { maxLength: 5 }), fc.nat(5), (dims, cut) => {
      const grouped = addDims([addDims(dims.slice(0, cut)), addDims(dims.slice(cut))]);
      expect(grouped).toBe(addDims(dims.toReversed()));
    }),
  );
});

test("what only a run can tell is like nothing else", () => {
  const [a, b] = [unknownDim(), unknownDim()];
  expect(a).not.toBe(b);
  expect([isUnknown(a), isUnknown(multiplyDims([a, 3])), isUnknown("batch"), isUnknown(3)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("shapes are compared and written", () => {
  expect(sameShape(["batch", 3], ["batch", 3])).toBe(true);
  expect(sameShape(["batch", 3], ["batch"])).toBe(false);
  expect(sameShape(["batch"], ["time"])).toBe(false);
  expect(formatShape(["batch", 3])).toBe("[batch,3]");
  expect(formatShape([])).toBe("[]");
});
