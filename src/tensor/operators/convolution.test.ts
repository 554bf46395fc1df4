import { describe, expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.ts";
import { ModelError, ShapeError } from "../errors.ts";
import { type Attributes, applyOne, input, type Tensor } from "../tensor.ts";

const x = (...shape: (number | string)[]) => input("x", shape);
const w = (...shape: (number | string)[]) => input("weight", shape);

function conv(inputs: readonly Tensor[], attributes: Attributes = {}): Tensor {
  return applyOne("Conv", inputs, attributes);
}

describe("Conv has the shape that its kernel leaves, symbols included", () => {
  test.each<[string, Tensor, (number | string)[]]>([
    ["a symbol shortened", conv([x("batch", 3, "time", 7), w(5, 3, 2, 3)]), ["batch", 5, "(time+-1)", 5]],
    ["a symbol kept by padding", conv([x("batch", 3, "time"), w(5, 3, 3)], { pads: [1, 1] }), ["batch", 5, "time"]],
    [
      "a symbol lengthened back",
      conv([conv([x(1, 3, "time"), w(3, 3, 3)]), w(3, 3, 3)], { pads: [2, 2] }),
      [1, 3, "time"],
    ],
    ["a symbol kept by SAME", conv([x(1, 3, "time"), w(5, 3, 4)], { auto_pad: "SAME_UPPER" }), [1, 5, "time"]],
    [
      "a product divided by strides",
      conv([x(1, 3, "6*time"), w(5, 3, 4)], { auto_pad: "SAME_LOWER", strides: [2] }),
      [1, 5, "3*time"],
    ],
    ["groups of symbols", conv([x(1, "4*group", 9), w("4*out", "group", 3)], { group: 4 }), [1, "4*out", 7]],
    ["a kernel of stated length", conv([x(1, 3, 9), w(5, 3, "width")], { kernel_shape: [4] }), [1, 5, 6]],
  ])("%s", (_, { shape }, expected) => expect(shape).toEqual(expected));

  test.each<[string, Tensor]>([
    ["strides over a symbol", conv([x(1, 3, "time"), w(5, 3, 2)], { strides: [2] })],
    ["SAME with strides over a symbol", conv([x(1, 3, "time"), w(5, 3, 2)], { strides: [2], auto_pad: "SAME_UPPER" })],
    ["a kernel of unknown length", conv([x(1, 3, 9), w(5, 3, "width")])],
  ])("%s: only a run can tell", (_, { shape }) => expect(shape[2]).toMatch(/^\?/));
});

describe("Conv refuses", () => {
  const plain = [x(2, 3, 7), w(5, 3, 3)];
  test.each<[string, () => unknown, string]>([
    [
      "vectors",
      () => conv([x(2, 3), w(5, 3)]),
      "Conv: expected floats [batch,channels,…] and a weight of that rank but found float32 [2,3], [5,3]",
    ],
    [
      "other channels",
      () => conv([x(2, 4, 7), w(5, 3, 3)]),
      "Conv: expected channels in 1 groups and a weight [outChannels,channels/1,…] but found [2,4,7], [5,3,3]",
    ],
    [
      "groups that do not divide",
      () => conv([x(2, 6, 7), w(5, 3, 3)], { group: 2 }),
      "Conv: expected channels in 2 groups and a weight [outChannels,channels/2,…] but found [2,6,7], [5,3,3]",
    ],
    [
      "no groups",
      () => conv(plain, { group: 0 }),
      "Conv: expected channels in 0 groups and a weight [outChannels,channels/0,…] but found [2,3,7], [5,3,3]",
    ],
    ["another bias", () => conv([...plain, input("bias", [3])]), "Conv: expected a bias [5] but found [3]"],
    [
      "another kernel",
      () => conv(plain, { kernel_shape: [2] }),
      "Conv: expected a weight with kernel_shape [2] but found [5,3,3]",
    ],
    [
      "a kernel of no length",
      () => conv([x(2, 3, 7), w(5, 3, 0)]),
      "Conv: expected a kernel and padding of some length but found 0 and 0+0",
    ],
    [
      "a kernel that is too long",
      () => conv(plain, { dilations: [4] }),
      "Conv: expected a kernel no longer than the padded input but found 2 more",
    ],
    [
      "dilations beyond whole numbers",
      () => conv(plain, { dilations: [2 ** 53 - 1] }),
      "Conv: expected a kernel and padding of some length but found 3 and 0+0",
    ],
    ["strides of 0", () => conv(plain, { strides: [0] }), "Conv: expected 1 strides of at least 1 but found [0]"],
    ["pads of one end", () => conv(plain, { pads: [1] }), "Conv: expected 2 pads of at least 0 but found [1]"],
    [
      "a list of pads without end",
      () => conv(plain, { pads: new Array(1e5).fill(1) }),
      "Conv: expected 2 pads of at least 0 but found 100000 numbers",
    ],
    [
      "another mode",
      () => conv(plain, { auto_pad: "same" }),
      "Conv: expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER but found same",
    ],
  ])("%s", (_, act, message) => expect(act).toThrow(new ShapeError(message)));

  test.each<[Attributes, number[], string]>([
    [{ strides: [2] }, [5, 4, 3], "strides 2, dilations 1, group 1"],
    [{ dilations: [2] }, [5, 4, 3], "strides 1, dilations 2, group 1"],
    [{ group: 2 }, [2, 2, 3], "strides 1, dilations 1, group 2"],
  ])("a gradient with %o", (attributes, shape, found) => {
    const leaf = x(2, 4, 7);
    expect(() => gradient(conv([leaf, w(...shape)], attributes).sum(), [leaf])).toThrow(
      new ModelError(`gradient of Conv: expected strides, dilations and group of 1 but found ${found}`),
    );
  });
});

test("the gradient of a convolution over a symbol keeps it", () => {
  const [leaf, weight] = [x("batch", 3, "time"), w(5, 3, 3)];
  const derived = gradient(conv([leaf, weight], { pads: [1, 1] }).sum(), [leaf, weight]);
  expect(derived.map(({ shape }) => shape)).toEqual([
    ["batch", 3, "time"],
    [5, 3, 3],
  ]);
});
