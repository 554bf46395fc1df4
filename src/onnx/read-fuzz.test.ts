import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CASES } from "../runtime/reference/differential.fixture.ts";
import { apply, constant, input, ModelError, OPERATORS } from "../tensor/index.ts";
import { encode, type GraphMessage } from "./messages.ts";
import { readModel } from "./read.ts";
import { readTensor } from "./read-tensor.ts";
import { writeModel } from "./write.ts";

/** Longest time to read or refuse a small file, in milliseconds. */
const PATIENCE = 2_000;

/** A model of each operator of the table. */
const MODELS: readonly Uint8Array[] = Object.entries(CASES).map(([operator, [first]]) => {
  const { inputs = [], attributes, outputs = 1 } = first ?? {};
  const tensors = inputs.map((value, i) =>
    value && value.dtype !== "int64" ? input(`input${i}`, value.shape, value.dtype) : value && constant(value),
  );
  const made = apply(operator, tensors, attributes, outputs);
  return writeModel(Object.fromEntries(made.map((tensor, i) => [`output${i}`, tensor])), { opset: 28 });
});

/** Reads or refuses with a ModelError, in time. */
function survive(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  const start = performance.now();
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
  }
  expect(performance.now() - start).toBeLessThan(PATIENCE);
}

const model = fc.constantFrom(...MODELS);

describe("reading a stranger's bytes", () => {
  it("starts from models that can be read", () => {
    expect(MODELS.map((bytes) => Object.keys(readModel(bytes).outputs).length > 0)).not.toContain(false);
  });

  it("survives random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        survive(readModel, bytes);
        survive(readTensor, bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it("survives models that are cut off", () => {
    fc.assert(
      fc.property(model, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, part) =>
        survive(readModel, bytes.slice(0, Math.floor(part * bytes.length))),
      ),
      { numRuns: 2_000 },
    );
  });

  it("survives models with changed bytes", () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(model, changes, (bytes, list) => {
        const changed = bytes.slice();
        for (const [at, value] of list) changed[at % changed.length] = value;
        survive(readModel, changed);
      }),
      { numRuns: 10_000 },
    );
  });

  it("survives models spliced from two", () => {
    fc.assert(
      fc.property(model, model, fc.nat(), fc.nat(), (a, b, i, j) =>
        survive(readModel, Uint8Array.from([...a.subarray(0, i % a.length), ...b.subarray(j % b.length)])),
      ),
      { numRuns: 2_000 },
    );
  });

  it("survives well-formed messages that mean nothing", () => {
    const name = fc.constantFrom("a", "b", "c", "");
    const number = fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constantFrom(2 ** 31, 2 ** 53, -(2 ** 62), 2 ** 62));
    const numbers = fc.array(number, { maxLength: 5 });
    const tensor = fc.record({
      name,
      dims: numbers,
      dataType: number,
      int64Data: numbers,
      rawData: fc.uint8Array({ maxLength: 16 }),
    });
    const attribute = fc.record(
      {
        name: fc.constantFrom(...attributeNames()),
        i: number,
        f: fc.float(),
        s: name,
        ints: numbers,
        t: tensor,
        type: fc.integer({ min: 0, max: 8 }),
      },
      { requiredKeys: ["name"] },
    );
    const node = fc.record({
      opType: fc.constantFrom(...Object.keys(OPERATORS)),
      input: fc.array(name, { maxLength: 4 }),
      output: fc.array(name, { maxLength: 3 }),
      attribute: fc.array(attribute, { maxLength: 3 }),
    });
    const dim = fc.oneof(fc.record({ dimValue: number }), fc.record({ dimParam: fc.string({ maxLength: 12 }) }));
    const value = fc.record({
      name,
      type: fc.record({
        tensorType: fc.record({ elemType: number, shape: fc.record({ dim: fc.array(dim, { maxLength: 4 }) }) }),
      }),
    });
    const graph: fc.Arbitrary<GraphMessage> = fc.record({
      node: fc.array(node, { maxLength: 4 }),
      initializer: fc.array(tensor, { maxLength: 2 }),
      input: fc.array(value, { maxLength: 3 }),
      output: fc.array(value, { minLength: 1, maxLength: 2 }),
    });
    const opsetImport = [{ version: 28 }, { domain: "com.microsoft", version: 1 }];
    fc.assert(
      fc.property(graph, (message) => survive(readModel, encode("Model", { opsetImport, graph: message }))),
      { numRuns: 5_000 },
    );
  });
});

function attributeNames(): string[] {
  return [
    ...new Set(Object.values(OPERATORS).flatMap((row) => Object.keys(row.attributes))),
    "value_ints",
    "__proto__",
  ];
}
