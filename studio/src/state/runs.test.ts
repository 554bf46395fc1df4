import { expect, test } from "vitest";
import { runModels } from "./runs.ts";

test("takes the runs that have a model, and nothing else of what a server may answer", () => {
  const model = { name: "a", files: ["config.json", 3, "onnx/model.onnx"] };
  const runs = [{ name: "a", model }, { name: "b", model: null }, { name: 4, model }, null, { name: "c", model: {} }];
  expect(runModels({ runs })).toEqual([{ name: "a", files: ["config.json", "onnx/model.onnx"] }]);
  for (const answer of [undefined, null, [], { runs: {} }, "runs"]) expect(runModels(answer)).toEqual([]);
});
