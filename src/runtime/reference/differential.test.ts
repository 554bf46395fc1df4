import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { writeModel } from "../../onnx/write.ts";
import {
  apply,
  constant,
  type DType,
  input,
  type NdArray,
  numbers,
  OPERATORS,
  type Tensor,
} from "../../tensor/index.ts";
import { CASES } from "./differential.fixture.ts";
import type { DifferentialCase } from "./differential-inputs.fixture.ts";
import { WITHOUT_ONNX_RUNTIME } from "./differential-layers.fixture.ts";
import { evaluate } from "./evaluate.ts";

async function runOrt(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: ReadonlyMap<Tensor, NdArray>,
  opset: number,
): Promise<Record<string, NdArray>> {
  const session = await InferenceSession.create(writeModel(outputs, { opset, inputs: [...feeds.keys()] }), {
    logSeverityLevel: 3,
  });
  const fed = [...feeds].map(([tensor, { data, shape, dtype }]): [string, OrtTensor] => [
    tensor.node.attributes.name as string,
    new OrtTensor(dtype as "float32", data as Float32Array, shape),
  ]);
  const results = await session.run(Object.fromEntries(fed));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims, type }]) => [
      name,
      { data: data as Float32Array, shape: dims, dtype: type as DType },
    ]),
  );
}

function close(found: number, expected: number): boolean {
  return (
    Object.is(found, expected) ||
    found === expected ||
    Math.abs(found - expected) <= 1e-5 * Math.max(1, Math.abs(expected))
  );
}

async function check(operator: string, { inputs, attributes, outputs = 1, opset }: DifferentialCase): Promise<void> {
  const feeds = new Map<Tensor, NdArray>();
  const tensors = inputs.map((value, index) => {
    if (!value || value.dtype === "int64") return value && constant(value);
    const tensor = input(`input${index}`, value.shape, value.dtype);
    feeds.set(tensor, value);
    return tensor;
  });
  const made = apply(operator, tensors, attributes, outputs);
  const named = Object.fromEntries(made.map((tensor, i) => [`output${i}`, tensor]));
  const since = OPERATORS[operator]?.domain ? 18 : (OPERATORS[operator]?.versions[0] as number);
  const expected = await runOrt(named, feeds, opset ?? Math.max(18, since));
  const found = evaluate(named, feeds);
  for (const [name, tensor] of Object.entries(named)) {
    const [ours, theirs] = [found[name] as NdArray, expected[name] as NdArray];
    expect(tensor.dtype, `${name}: type`).toBe(theirs.dtype);
    expect(ours.shape, `${name}: shape`).toEqual(theirs.shape);
    const known = tensor.shape.map((dim, axis) => (typeof dim === "number" ? dim : theirs.shape[axis]));
    expect(known, `${name}: shape rule`).toEqual(theirs.shape);
    const values = numbers(theirs);
    const wrong = numbers(ours).findIndex((x, i) => !close(x, values[i] as number));
    expect(wrong < 0 ? "equal" : `${name}[${wrong}]: ${numbers(ours)[wrong]}, not ${values[wrong]}`).toBe("equal");
  }
}

describe("reference against ONNX Runtime", () => {
  it("has cases for every operator of the table, and no others", () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(OPERATORS).sort());
    expect(Object.values(CASES).every((cases) => cases.length > 0)).toBe(true);
  });

  for (const [operator, cases] of Object.entries(CASES)) {
    const reason = WITHOUT_ONNX_RUNTIME[operator];
    if (reason) it.skip(`${operator}: left out, for ${reason}`, () => {});
    else it.each(cases.map((one, index) => ({ index, one })))(`${operator} $index`, ({ one }) => check(operator, one));
  }
});
