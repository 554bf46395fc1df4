import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ReadModel, readModel } from "../src/onnx/read.ts";
import { readTensor } from "../src/onnx/read-tensor.ts";
import { evaluate, toNdArray, toValue } from "../src/runtime/reference/index.ts";
import { type DType, ModelError, type NdArray, type Tensor } from "../src/tensor/index.ts";

/**
 * ONNX's own cases of single operators (`onnx-node/test_…` in the folder that `FOVEA_DATA` names). Every case whose operator,
 * version and element types Fovea has must agree; the others are shown as skipped, counted by reason.
 */
const FOLDER = join(process.env.FOVEA_DATA ?? "", "onnx-node");

/** Largest difference allowed, relative above 1 and absolute below; integers and `bool` must be equal. */
const TOLERANCES: Readonly<Partial<Record<DType, number>>> = {
  float64: 1e-7,
  float32: 1e-5,
  float16: 2e-3,
  bfloat16: 1e-2,
};

interface Case {
  readonly name: string;
  readonly model: ReadModel;
  readonly inputs: readonly NdArray[];
  readonly expected: readonly NdArray[];
}

function readCase(name: string): Case {
  const model = readModel(readFileSync(join(FOLDER, name, "model.onnx")));
  const data = join(FOLDER, name, "test_data_set_0");
  const tensors = (kind: string) =>
    readdirSync(data)
      .filter((file) => file.startsWith(kind))
      .map((_, index) => readTensor(readFileSync(join(data, `${kind}_${index}.pb`))));
  return { name, model, inputs: tensors("input"), expected: tensors("output") };
}

/** Why a case is left out, by the reader's message. */
function reasonOf(message: string): string {
  const operator = /expected an operator of the table .* but found node \S+ \((\w+)\)/.exec(message)?.[1];
  if (operator) return `operator ${operator}`;
  if (message.includes("found data type")) return "element types (strings, 8-bit floats, 4-bit and 2-bit numbers)";
  if (message.includes("found another type")) return "sequences and optional values";
  if (message.includes("later operator set")) return "older versions of operators";
  throw new ModelError(message);
}

function readCases(): { cases: Case[]; reasons: Map<string, string[]> } {
  const cases: Case[] = [];
  const reasons = new Map<string, string[]>();
  const leaveOut = (name: string, reason: string) => reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  for (const name of readdirSync(FOLDER).filter((entry) => entry.startsWith("test_"))) {
    if (/^test_training_dropout(?!.*zero_ratio)/.test(name)) {
      leaveOut(name, "random numbers of NumPy");
      continue;
    }
    try {
      cases.push(readCase(name));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      leaveOut(name, reasonOf(error.message));
    }
  }
  return { cases, reasons };
}

/** The first element that differs, in words; empty where none does. */
function difference(found: NdArray, expected: NdArray): string {
  const tolerance = TOLERANCES[expected.dtype] ?? 0;
  const wanted = toValue(expected).data;
  // Through the expected type, so that both are rounded alike.
  const { data } = toValue(toNdArray(toValue(found), expected.dtype));
  const wrong = data.findIndex((x, i) => {
    const y = wanted[i] as number;
    return !(Object.is(x, y) || x === y || Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(y)));
  });
  return wrong < 0 ? "" : `[${wrong}] is ${data[wrong]} instead of ${wanted[wrong]}`;
}

function check({ model, inputs, expected }: Case): void {
  const feeds = new Map(model.inputs.map((tensor, index) => [tensor, inputs[index] as NdArray]));
  const found = evaluate(model.outputs, feeds);
  const outputs = Object.entries(model.outputs);
  expect(outputs.length).toBe(expected.length);
  for (const [index, [name, tensor]] of outputs.entries()) {
    const [ours, theirs] = [found[name] as NdArray, expected[index] as NdArray];
    expect([tensor.dtype, ours.shape], `${name}: type and shape`).toEqual([theirs.dtype, theirs.shape]);
    expect(known(tensor, theirs.shape), `${name}: shape rule`).toEqual(theirs.shape);
    expect(difference(ours, theirs), `${name}: values`).toBe("");
  }
}

/** The inferred shape, with the dimensions that only a run can tell taken from it. */
function known(tensor: Tensor, shape: readonly number[]): unknown[] {
  return tensor.shape.map((dim, axis) => (typeof dim === "number" ? dim : shape[axis]));
}

if (existsSync(FOLDER)) {
  const { cases, reasons } = readCases();
  const left = [...reasons.values()].flat().length;
  describe(`ONNX operator cases: ${cases.length} run, ${left} left out`, () => {
    it.each(cases)("$name", check);
    it("are as many as ever", () => expect(cases.length).toBeGreaterThanOrEqual(574));
    // The list of what is left out, and why: `npx vitest run test/onnx-node.test.ts --reporter=verbose`.
    for (const [reason, names] of [...reasons].sort()) {
      for (const name of names) it.skip(`left out, ${names.length} for ${reason}: ${name}`, () => {});
    }
  });
} else {
  describe.skip("ONNX operator cases: left out, for FOVEA_DATA names no folder with onnx-node in it", () => {
    it("agree", () => expect.fail());
  });
}
