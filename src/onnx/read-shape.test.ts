import { describe, expect, test } from "vitest";
import { addDims, isUnknown, multiplyDims } from "../tensor/dim.ts";
import { symbolOf } from "./read-shape.ts";

describe("the name of a dimension", () => {
  test.each([
    "batch",
    "30*batch",
    "batch*time",
    String(addDims(["past", 1])),
    String(addDims(["time", -2])),
    String(addDims([multiplyDims([2, "a"]), 3])),
    String(addDims([multiplyDims([addDims(["new", "past"]), "batch"]), 5])),
    String(multiplyDims([2, addDims(["past", 1]), "batch"])),
  ])("%s is read as it is written", (name) => {
    expect(symbolOf(name)).toBe(name);
  });

  test.each([
    ["time - 2", "_time_20_2d_202"],
    ["2*3", "_2_2a3"],
    ["(a)", "__28a_29"],
    ["(a+)", "__28a_2b_29"],
    ["(a+0x10)", "__28a_2b0x10_29"],
    ["1e3*a", "_1e3_2aa"],
    ["Infinity*a", "_Infinity_2aa"],
    ["time*batch", "_time_2abatch"],
    ["?1", "__3f1"],
  ])("%s is a symbol of its own", (name, symbol) => {
    expect(symbolOf(name)).toBe(symbol);
  });

  test("that is none, or too long, is unknown", () => {
    expect([symbolOf(""), symbolOf("a".repeat(257))].map(isUnknown)).toEqual([true, true]);
  });
});
