import { expect, test } from "vitest";
import type { RecipeFacts } from "../../worker/api.ts";
import { NO_DATA } from "./data-choice.ts";
import { defaultSettings, faultsOf, fits, longestProbe, newForm, requestOf } from "./form.ts";

const recipe: RecipeFacts = {
  name: "dates",
  summary: "",
  measure: "exactMatch",
  fromData: [],
  roles: [],
  settings: {
    seed: 1,
    steps: 1800,
    workers: 1,
    batch: 100,
    averaging: 0.995,
    "model.maskPadding": true,
    alphabet: "fovea",
  },
  limits: {
    seed: { type: "integer", minimum: 0 },
    steps: { type: "integer", minimum: 1, maximum: 5000 },
    batch: { type: "integer", minimum: 1, maximum: 100 },
    averaging: { type: "number", minimum: 0, exclusiveMaximum: 1 },
    "model.maskPadding": { type: "boolean" },
    alphabet: { type: "string", enum: ["fovea", "article"] },
  },
};

test("a form begins with the page's own choices and the recipe's defaults", () => {
  const form = newForm(recipe, 2);
  expect(form).toMatchObject({ recipe: "dates", seed: "1", steps: "800", workers: 2, compute: "auto", stopAt: "99.5" });
  expect(form.settings).toMatchObject({ batch: "100", averaging: "0.99", "model.maskPadding": "true" });
  expect(form.settings).not.toHaveProperty("steps");
  expect(form.settings).toEqual(defaultSettings(recipe));
  expect(form.probes).toHaveLength(3);
});

test("a request has what differs from the recipe, and nothing else", () => {
  const form = { ...newForm(recipe, 1), probes: [" 3 May 1979 ", "", "x"], stopAt: "97" };
  const request = requestOf({ ...form, settings: { ...form.settings, batch: "50" } }, recipe);
  expect(request).toMatchObject({ seed: 1, steps: 800, workers: 1, stopAt: 0.97, resume: false });
  expect(request.settings).toMatchObject({ batch: "50", averaging: "0.99" });
  expect(request.settings).not.toHaveProperty("alphabet");
  expect(request.probes).toEqual(["3 May 1979", "x"]);
  expect(requestOf({ ...form, stopAt: "" }, recipe).stopAt).toBeUndefined();
});

test("values outside of the limits are named with them", () => {
  const form = newForm(recipe, 1);
  expect(faultsOf(form, recipe)).toEqual({});
  const bad = { ...form, steps: "0", seed: "1.5", stopAt: "0", settings: { ...form.settings, averaging: "1" } };
  expect(faultsOf(bad, recipe)).toEqual({
    seed: recipe.limits.seed,
    steps: recipe.limits.steps,
    averaging: recipe.limits.averaging,
    stopAt: { type: "number", minimum: 1, maximum: 100 },
  });
});

test("what fits which limits", () => {
  expect(fits("3", { type: "integer", minimum: 3, maximum: 3 })).toBe(true);
  for (const text of ["", " ", "x", "Infinity", "3.5"]) expect(fits(text, { type: "integer" }), text).toBe(false);
  expect(fits("1", { type: "number", exclusiveMaximum: 1 })).toBe(false);
  expect(fits("0", { type: "number", exclusiveMinimum: 0 })).toBe(false);
  expect(fits("yes", { type: "boolean" })).toBe(false);
  expect(fits("true", { type: "boolean" })).toBe(true);
  expect(fits("b", { type: "string", enum: ["a"] })).toBe(false);
  expect(fits("anything", { type: "string" })).toBe(true);
});

const texts: RecipeFacts = {
  name: "translate",
  summary: "",
  measure: "bleu",
  fromData: ["steps", "sourceLen"],
  roles: [{ name: "source" }, { name: "target" }, { name: "dialogue", optional: true }],
  settings: { seed: 1, steps: 3000, workers: 1, batch: 64, sourceLen: 100 },
  limits: {
    seed: { type: "integer", minimum: 0 },
    steps: { type: "integer", minimum: 1 },
    batch: { type: "integer", minimum: 1 },
    sourceLen: { type: "integer", minimum: 2 },
  },
};

test("what the data decides begins empty, is left out of the request, and is sent once it is given", () => {
  const data = { ...NO_DATA, train: [{ name: "a.tsv", blob: new Blob(["x"]) }] };
  const form = newForm(texts, 2, data);
  expect(form).toMatchObject({ steps: "", stopAt: "", probes: [], settings: { batch: "64", sourceLen: "" } });
  expect(faultsOf(form, texts)).toEqual({});
  const request = requestOf(form, texts);
  expect(request).toMatchObject({ settings: {}, files: { train: ["a.tsv"] }, stopAt: undefined });
  expect(request).not.toHaveProperty("steps");
  const given = { ...form, steps: "500", settings: { ...form.settings, sourceLen: "100", batch: "" } };
  expect(requestOf(given, texts)).toMatchObject({ steps: 500, settings: { sourceLen: "100" } });
  expect(Object.keys(faultsOf(given, texts))).toEqual(["batch"]);
});

test("only the dates have a text that is too long to be watched", () => {
  expect([longestProbe("dates"), longestProbe("translate")]).toEqual([30, 4096]);
});
