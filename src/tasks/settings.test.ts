import { describe, expect, it } from "vitest";
import { z } from "zod";
import { changeSettings, flattenSettings } from "./settings.ts";

interface Settings {
  readonly steps: number;
  readonly rate: number;
  readonly alphabet: "a" | "b";
  readonly model: { readonly dim: number; readonly mask: boolean };
}

const defaults: Settings = { steps: 10, rate: 0.5, alphabet: "a", model: { dim: 3, mask: true } };
const schema: z.ZodType<Settings> = z.strictObject({
  steps: z.int().min(1),
  rate: z.number().positive().max(10),
  alphabet: z.enum(["a", "b"]),
  model: z.strictObject({ dim: z.int().min(1).max(8), mask: z.boolean() }),
});

const change = (changes: Record<string, string | number>) => changeSettings("toy", schema, defaults, changes);
const NAMES = "steps, rate, alphabet, model.dim, model.mask";

it("settings are named by their paths", () => {
  expect(flattenSettings(defaults)).toEqual({
    steps: 10,
    rate: 0.5,
    alphabet: "a",
    "model.dim": 3,
    "model.mask": true,
  });
});

it("changes are read as the type of the default, and the defaults stay", () => {
  const changes = { steps: "7", rate: "1e-3", alphabet: "b", "model.dim": 5, "model.mask": "false" };
  expect(change(changes)).toEqual({ steps: 7, rate: 0.001, alphabet: "b", model: { dim: 5, mask: false } });
  expect(change({ rate: " 2 " })).toEqual({ ...defaults, rate: 2 });
  expect(change({})).toEqual(defaults);
  expect(defaults).toEqual({ steps: 10, rate: 0.5, alphabet: "a", model: { dim: 3, mask: true } });
});

describe("refused is", () => {
  it.each([
    [{ speed: "1" }, `toy: expected a setting (${NAMES}) but found speed`],
    [{ model: "1" }, `toy: expected a setting (${NAMES}) but found model`],
    [{ "model.": "1" }, `toy: expected a setting (${NAMES}) but found model.`],
    [{ toString: "1" }, `toy: expected a setting (${NAMES}) but found toString`],
    [{ "__proto__.steps": "1" }, `toy: expected a setting (${NAMES}) but found __proto__.steps`],
    [{ steps: "0" }, "toy: expected steps to be right but found 0 (Too small: expected number to be >=1)"],
    [{ steps: "1.5" }, "toy: expected steps to be right but found 1.5 (Invalid input: expected int, received number)"],
    [{ rate: "11" }, "toy: expected rate to be right but found 11 (Too big: expected number to be <=10)"],
    [{ rate: "fast" }, "toy: expected rate to be right but found fast (Invalid input: expected number, received NaN)"],
    [{ rate: "" }, "toy: expected rate to be right but found  (Invalid input: expected number, received NaN)"],
    [
      { rate: "Infinity" },
      "toy: expected rate to be right but found Infinity (Invalid input: expected number, received Infinity)",
    ],
    [{ alphabet: "c" }, 'toy: expected alphabet to be right but found c (Invalid option: expected one of "a"|"b")'],
    [
      { "model.mask": "yes" },
      "toy: expected model.mask to be right but found yes (Invalid input: expected boolean, received string)",
    ],
    [{ "model.dim": 9 }, "toy: expected model.dim to be right but found 9 (Too big: expected number to be <=8)"],
  ])("%j", (changes, message) => {
    expect(() => change(changes as Record<string, string | number>)).toThrow(new RangeError(message));
  });
});
