import { afterEach, describe, expect, it } from "vitest";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input } from "../tensor/tensor.ts";
import { compile } from "./program.ts";
import { webBackend } from "./web.ts";

const values = (value: NdArray | undefined) => numbers(value as NdArray);

describe("a state", () => {
  it("is moved on by a run, and back by undo", async () => {
    const state = webBackend.createState({ count: array([1, 2]) });
    const next = { count: input("count", [2]).add(input("x", [2])) };
    const program = await compile({ before: input("count", [2]).neg() }, { backend: webBackend, state, next });
    const x = array([10, 10]);
    expect(values((await program.run({ x })).before)).toEqual([-1, -2]);
    await program.run({ x });
    expect(values(state.read("count"))).toEqual([21, 22]);
    state.undo(["count"]);
    expect(values(state.read("count"))).toEqual([11, 12]);
    state.write("count", array([0, 5]));
    await program.run({ x });
    expect(values(state.read("count"))).toEqual([10, 15]);
    state.undo(["count"]);
    expect(values(state.read("count"))).toEqual([0, 5]);
    await program.release();
  });

  it("shares no memory with what was given or is read", () => {
    const given = array([1, 2]);
    const state = webBackend.createState({ count: given });
    given.data[0] = 7;
    state.read("count").data[1] = 7;
    expect(values(state.read("count"))).toEqual([1, 2]);
  });

  it("takes values of its own type and shape only, by names that it has", () => {
    const state = webBackend.createState({ count: array([1, 2]) });
    expect(() => state.write("count", array([1, 2, 3]))).toThrow(
      new ShapeError("state: expected count to be float32 [2] but found float32 [3]"),
    );
    expect(() => state.read("other")).toThrow(new ModelError("state: expected one of count but found other"));
  });
});

it("runs that overlap give each its own", async () => {
  const program = await compile({ y: input("x", [100]).mul(2).exp() }, { backend: webBackend });
  const feeds = Array.from({ length: 20 }, (_, i) => array(new Float32Array(100).fill(i / 10)));
  const found = await Promise.all(feeds.map((x) => program.run({ x })));
  for (const [i, { y }] of found.entries()) expect(values(y)[99]).toBeCloseTo(Math.exp(i / 5), 4);
  await program.release();
  await program.release();
});

describe("the place of ONNX Runtime's files", () => {
  let worker: Worker | undefined;
  afterEach(() => worker?.terminate());

  function double(wasmPaths: string): Promise<unknown> {
    const started = new Worker(new URL("../../test/portable/misplaced-worker.ts", import.meta.url), { type: "module" });
    worker = started;
    started.postMessage(wasmPaths);
    return new Promise((resolve) => started.addEventListener("message", ({ data }) => resolve(data)));
  }

  it("is where configureWeb says", async () => {
    expect(await double("/node_modules/onnxruntime-web/dist")).toBe(42);
  });

  it("is told to be wrong where there are none", async () => {
    const found = String(await double("/nowhere/"));
    const start = "ModelError: web: expected ONNX Runtime to start but found: ";
    expect(found.slice(0, start.length)).toBe(start);
    expect(found.slice(-"; say where its files are with configureWeb".length)).toBe(
      "; say where its files are with configureWeb",
    );
  });
});
