import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { changeSettings, flattenSettings, settingLimits } from "./settings.ts";

interface Settings {
  readonly steps: number;
  readonly rate: number;
  readonly decay: number;
  readonly alphabet: "a" | "b";
  readonly model: { readonly dim: number; readonly mask: boolean };
}

const defaults: Settings = { steps: 10, rate: 0.5, decay: 0.9, alphabet: "a", model: { dim: 3, mask: true } };
const schema: z.ZodMiniType<Settings> = z.strictObject({
  steps: z.int().check(z.minimum(1)),
  rate: z.number().check(z.positive(), z.maximum(10)),
  decay: z.number().check(z.minimum(0), z.lt(1)),
  alphabet: z.enum(["a", "b"]),
  model: z.strictObject({ dim: z.int().check(z.minimum(1), z.maximum(8)), mask: z.boolean() }),
});

const change = (changes: Record<string, string | number>) => changeSettings("toy", schema, defaults, changes);
const NAMES = "steps, rate, decay, alphabet, model.dim, model.mask";

it("settings are named by their paths", () => {
  expect(flattenSettings(defaults)).toEqual({
    steps: 10,
    rate: 0.5,
    decay: 0.9,
    alphabet: "a",
    "model.dim": 3,
    "model.mask": true,
  });
});

it("changes are read as the type of the default, and the defaults stay", () => {
  const changes = { steps: "7", rate: "1e-3", alphabet: "b", "model.dim": 5, "model.mask": "false" };
  expect(change(changes)).toEqual({ steps: 7, rate: 0.001, decay: 0.9, alphabet: "b", model: { dim: 5, mask: false } });
  expect(change({ rate: " 2 " })).toEqual({ ...defaults, rate: 2 });
  expect(change({})).toEqual(defaults);
  expect(defaults).toEqual({ steps: 10, rate: 0.5, decay: 0.9, alphabet: "a", model: { dim: 3, mask: true } });
});

describe("refused is", () => {
  it.each([
    [{ speed: "1" }, `toy: expected a setting (${NAMES}) but found speed`],
    [{ model: "1" }, `toy: expected a setting (${NAMES}) but found model`],
    [{ "model.": "1" }, `toy: expected a setting (${NAMES}) but found model.`],
    [{ toString: "1" }, `toy: expected a setting (${NAMES}) but found toString`],
    [{ "__proto__.steps": "1" }, `toy: expected a setting (${NAMES}) but found __proto__.steps`],
    [{ steps: "0" }, "toy: expected steps to be a whole number from 1 on but found 0"],
    [{ steps: "1.5" }, "toy: expected steps to be a whole number from 1 on but found 1.5"],
    [{ rate: "11" }, "toy: expected rate to be a number above 0 and up to 10 but found 11"],
    [{ rate: "fast" }, "toy: expected rate to be a number above 0 and up to 10 but found fast"],
    [{ rate: "" }, "toy: expected rate to be a number above 0 and up to 10 but found nothing"],
    [{ rate: "Infinity" }, "toy: expected rate to be a number above 0 and up to 10 but found Infinity"],
    [{ decay: "1" }, "toy: expected decay to be a number from 0 on and below 1 but found 1"],
    [{ alphabet: "c" }, "toy: expected alphabet to be a or b but found c"],
    [{ "model.mask": "yes" }, "toy: expected model.mask to be true or false but found yes"],
    [{ "model.dim": 9 }, "toy: expected model.dim to be a whole number from 1 to 8 but found 9"],
  ])("%j", (changes, message) => {
    expect(() => change(changes as Record<string, string | number>)).toThrow(new RangeError(message));
  });
});

it("limits by path, for forms", () => {
  const nested = z.strictObject({
    count: z.int().check(z.minimum(1), z.maximum(7)),
    rate: z.number().check(z.positive()),
    share: z.number().check(z.minimum(0), z.lt(1)),
    kind: z.enum(["plain", "fancy"]),
    model: z.strictObject({ isDeep: z.boolean(), steps: z.int().check(z.minimum(0)) }),
  });
  expect(settingLimits(nested)).toEqual({
    count: { type: "integer", minimum: 1, maximum: 7 },
    rate: { type: "number", exclusiveMinimum: 0 },
    share: { type: "number", minimum: 0, exclusiveMaximum: 1 },
    kind: { type: "string", enum: ["plain", "fancy"] },
    "model.isDeep": { type: "boolean" },
    "model.steps": { type: "integer", minimum: 0 },
  });
});
