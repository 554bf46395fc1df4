import { expect, test } from "vitest";
import { decode, encode, type ModelMessage } from "../onnx/messages.ts";
import { writeModel } from "../onnx/write.ts";
import { input } from "../tensor/tensor.ts";
import { readFacts } from "./graph-facts.ts";

const x = input("x", ["n", 4]);

/** What a graph of weights `a` and whole numbers `n` tells with some metadata. */
function factsWith(metadata: Readonly<Record<string, string>>) {
  const model: ModelMessage = decode("Model", writeModel({ a: x.softmax(), n: x.argMax() }));
  const said = { ...model, metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })) };
  const { attention, faults } = readFacts(encode("Model", said)).facts;
  return { attention, faults };
}

test("metadata that do not fit the graph are not believed, and told", () => {
  const metadata = {
    "fovea.axes.a": "batch heads queryLen keyLen",
    "fovea.axes.n": "batch",
    "fovea.axes.toString": "a b",
    "fovea.axes.nope": "queryLen keyLen",
    other: "x",
  };
  expect(factsWith(metadata)).toEqual({
    attention: {},
    faults: [
      "graph: expected fovea.axes.a to name the 2 axes of a [n,4] but found batch heads queryLen keyLen",
      "graph: expected fovea.axes.n to be of an output of floats with two or more axes but found int64 [n]",
      "graph: expected fovea.axes.toString to be of an output (a, n) but found no toString",
      "graph: expected fovea.axes.nope to be of an output (a, n) but found no nope",
    ],
  });
});

test("of axes in words of their own it is told which are taken as queries and keys", () => {
  expect(factsWith({ "fovea.axes.a": "query  key" })).toEqual({
    attention: { a: ["query", "key"] },
    faults: [
      "graph: expected queryLen and keyLen among the axes of fovea.axes.a but found query key; query is taken for queryLen, key for keyLen",
    ],
  });
  expect(factsWith({ "fovea.axes.a": "queryLen key" }).faults).toEqual([
    "graph: expected queryLen and keyLen among the axes of fovea.axes.a but found queryLen key; key is taken for keyLen",
  ]);
  for (const axes of ["queryLen keyLen", "batch keyLen"]) {
    expect(factsWith({ "fovea.axes.a": axes })).toEqual({ attention: { a: axes.split(" ") }, faults: [] });
  }
});
