import { expect, it } from "vitest";
import { encodeText } from "../../data/folder.ts";
import { ModelError } from "../../tensor/errors.ts";
import { FORMAT_VERSION } from "../model-json.ts";
import { readConfig } from "./config.ts";
import { DATE_DEFAULTS } from "./settings.ts";

const CONFIG = {
  fovea: FORMAT_VERSION,
  task: "dates",
  model: { type: "date-normalizer", vocabulary: 39, outputVocabulary: 11, outputLen: 10, ...DATE_DEFAULTS.model },
  calibration: { temperature: 1, threshold: 0.5 },
  training: DATE_DEFAULTS,
};

const read = (change: object) =>
  readConfig({ file: "here/config.json", bytes: encodeText(JSON.stringify({ ...CONFIG, ...change })) });

it("a whole one is read", () => {
  expect(read({})).toMatchObject({ task: "dates", calibration: { temperature: 1, threshold: 0.5 } });
});

it.each([
  [{ fovea: "1" }, '"1" as fovea, not 1'],
  [{ model: undefined }, "nothing as model, not an object"],
  [{ model: { type: "bert" } }, '"bert" as model.type, not "date-normalizer"'],
  [{ calibration: { temperature: 0, threshold: 0.5 } }, "0 as calibration.temperature, not a number above 0"],
  [{ calibration: { temperature: 1, threshold: 2 } }, "2 as calibration.threshold, not a number up to 1"],
  [{ training: { testCount: 0.5 } }, "0.5 as training.testCount, not a whole number"],
])("with %j in it is refused", (change, found) => {
  expect(() => read(change)).toThrow(
    new ModelError(
      `model: expected here/config.json to be of a dates model but found ${found}; restore it, or make the model again`,
    ),
  );
});

it("of another version of Fovea is told as such", () => {
  expect(() => read({ fovea: 99 })).toThrow(
    new ModelError(
      "model: expected here/config.json to be of layout version 1 but found version 99, of another Fovea; open it with the Fovea that wrote it",
    ),
  );
});
