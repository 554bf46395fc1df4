import { describe, expect, it } from "vitest";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { array } from "../tensor/nd-array.ts";
import { input } from "../tensor/tensor.ts";
import { nodeBackend } from "./node.ts";
import { compile } from "./program.ts";

const backend = nodeBackend;

describe("feeds", () => {
  it("are used by name, others left aside, and every output comes back with its shape and type", async () => {
    const [a, b] = [input("a", [2, 3]), input("b", [3], "int32")];
    const outputs = { sum: a.add(b.cast("float32")), twice: b.mul(b), same: b };
    const program = await compile(outputs, { backend });
    const feeds = { b: array([1, 2, 3], [3], "int32"), a: array([1, 2, 3, 4, 5, 6], [2, 3]), more: array(7) };
    expect(program.outputs).toEqual(["sum", "twice", "same"]);
    expect(await program.run(feeds)).toEqual({
      sum: array([2, 4, 6, 5, 7, 9], [2, 3]),
      twice: array([1, 4, 9], [3], "int32"),
      same: array([1, 2, 3], [3], "int32"),
    });
    await program.release();
  });

  it.each([
    ["missing", {}, "run: expected x to be float32 [batch,3] but found none"],
    ["of another shape", { x: array([1, 2]) }, "run: expected x to be float32 [batch,3] but found float32 [2]"],
    [
      "of another length",
      { x: array([1, 2], [1, 2]) },
      "run: expected x to be float32 [batch,3] but found float32 [1,2]",
    ],
    [
      "of another type",
      { x: array([1, 2, 3], [1, 3], "int32") },
      "run: expected x to be float32 [batch,3] but found int32 [1,3]",
    ],
    [
      "at odds with another",
      { x: array([1, 2, 3, 4, 5, 6], [2, 3]), y: array([1, 2, 3]) },
      "run: expected y [batch] to have batch=2, as in x, but found shape [3]",
    ],
  ])("that are %s are refused", async (_, feeds, message) => {
    const [x, y] = [input("x", ["batch", 3]), input("y", ["batch"])];
    const program = await compile({ z: x.mul(y.unsqueeze(1)) }, { backend });
    await expect(program.run(feeds)).rejects.toThrow(new ShapeError(message));
    await program.release();
  });

  it("leave a symbol open: one program takes any size", async () => {
    const x = input("x", ["batch", 2]);
    const program = await compile({ sum: x.sum({ axes: 1 }) }, { backend });
    for (const batch of [1, 2, 7]) {
      const { sum } = await program.run({ x: array(new Array(batch * 2).fill(3), [batch, 2]) });
      expect(sum).toEqual(array(new Array(batch).fill(6)));
    }
    await program.release();
  });
});

describe("state", () => {
  it("moves on by what next says, in place, and can be read and written between runs", async () => {
    const state = backend.createState({ total: array([1, 2]), kept: array([5, 5]) });
    const [total, kept, x] = [input("total", [2]), input("kept", [2]), input("x", [2])];
    const next = { total: total.mul(2).add(x) };
    const program = await compile({ before: total.add(kept) }, { backend, state, next });
    const before = state.read("total");
    const feeds = { x: array([1, 1]) };
    expect((await program.run(feeds)).before).toEqual(array([6, 7]));
    expect((await program.run(feeds)).before).toEqual(array([8, 10]));
    expect(state.read("total")).toEqual(array([7, 11]));
    expect(state.read("kept")).toEqual(array([5, 5]));
    expect(before).toEqual(array([1, 2]));
    state.write("total", array([-1, 0]));
    expect((await program.run(feeds)).before).toEqual(array([4, 5]));
    expect(state.read("total")).toEqual(array([-1, 1]));
    await program.release();
  });

  it("stays as it was where a run fails", async () => {
    const state = backend.createState({ total: array([1, 2]) });
    const [total, index] = [input("total", [2]), input("index", [1], "int32")];
    const program = await compile({}, { backend, state, next: { total: total.add(total.gather(index)) } });
    await expect(program.run({ index: array([9], [1], "int32") })).rejects.toThrow(ModelError);
    expect(state.read("total")).toEqual(array([1, 2]));
    await program.run({ index: array([1], [1], "int32") });
    expect(state.read("total")).toEqual(array([3, 4]));
    await program.release();
  });

  it("of two programs is one and the same", async () => {
    const state = backend.createState({ x: array([3]) });
    const x = input("x", [1]);
    const double = await compile({}, { backend, state, next: { x: x.mul(2) } });
    const look = await compile({ seen: x.add(0.5) }, { backend, state });
    for (const wanted of [6.5, 12.5, 24.5]) {
      await double.run({});
      expect((await look.run({})).seen).toEqual(array([wanted]));
    }
    await Promise.all([double.release(), look.release()]);
  });

  it("is refused under a name that it has not", async () => {
    const state = backend.createState({ a: array([1]), b: array([2]) });
    const message = "compile: expected a state named c but found none";
    await expect(compile({}, { backend, state, next: { c: input("a", [1]) } })).rejects.toThrow(
      new ModelError(message),
    );
    await expect(compile({}, { backend, next: { c: input("a", [1]) } })).rejects.toThrow(new ModelError(message));
    expect(() => state.read("c")).toThrow(new ModelError("state: expected one of a,b but found c"));
  });

  it.each([
    [array([1, 2, 3]), "state: expected a to be float32 [2] but found float32 [3]"],
    [array([1], [1]), "state: expected a to be float32 [2] but found float32 [1]"],
    [array([1, 2], [2], "int32"), "state: expected a to be float32 [2] but found int32 [2]"],
  ])("refuses a value that does not fit (%#)", (value, message) => {
    const state = backend.createState({ a: array([1, 2]) });
    expect(() => state.write("a", value)).toThrow(new ShapeError(message));
    expect(state.read("a")).toEqual(array([1, 2]));
  });
});

it("two inputs of one name are one where they agree, and refused where not", async () => {
  const program = await compile({ sum: input("x", [2]).add(input("x", [2]).exp()) }, { backend });
  expect((await program.run({ x: array([0, 0]) })).sum).toEqual(array([1, 1]));
  await program.release();
  const named = compile({ x: input("x", [2]).exp() }, { backend });
  const clash = "onnx: expected inputs, outputs and weights of different names but found x twice; rename one";
  await expect(named).rejects.toThrow(new ModelError(clash));
  const other = input("x", [2]).add(input("x", [1]));
  const message = "compile: expected inputs of different names but found one name twice";
  await expect(compile({ other }, { backend })).rejects.toThrow(new ModelError(message));
});
