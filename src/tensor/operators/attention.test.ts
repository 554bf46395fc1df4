import { describe, expect, test } from "vitest";
import { ShapeError } from "../errors.ts";
import { type Attributes, apply, input, type Tensor } from "../tensor.ts";

type Dims = readonly (number | string)[];

/** Which input is of integers: lengths, and positions. */
const INTEGERS: Readonly<Record<string, number>> = { Attention: 6, RotaryEmbedding: 3 };

function types(
  operator: string,
  shapes: readonly (Dims | undefined)[],
  attributes: Attributes = {},
  outputs = 1,
): Dims[] {
  const tensors = shapes.map(
    (shape, i) => shape && input(`x${i}`, shape, i === INTEGERS[operator] ? "int64" : "float32"),
  );
  return apply(operator, tensors as Tensor[], attributes, outputs).map(({ shape }) => shape);
}

const attention = (shapes: readonly (Dims | undefined)[], attributes: Attributes = {}, outputs = 1) =>
  types("Attention", shapes, attributes, outputs);
const rotary = (shapes: readonly Dims[], attributes: Attributes = {}) => types("RotaryEmbedding", shapes, attributes);
const linear = (shapes: readonly (Dims | undefined)[], attributes: Attributes = {}) =>
  types("LinearAttention", shapes, { q_num_heads: 2, kv_num_heads: 2, update_rule: "linear", ...attributes }, 2);

const [query, key, value] = [
  ["batch", 6, "queryLen", 8],
  ["batch", 2, "keyLen", 8],
  ["batch", 2, "keyLen", 5],
] as const;
const packed = [
  ["batch", "queryLen", 48],
  ["batch", "keyLen", 16],
  ["batch", "keyLen", 10],
] as const;
const counts = { q_num_heads: 6, kv_num_heads: 2 };
const steps = [
  [2, 3, 8],
  [2, 3, 8],
  [2, 3, 10],
] as const;

describe("shapes keep symbols", () => {
  test("of attention with a cache, packed or not", () => {
    const past = [undefined, ["batch", 2, "past", 8], ["batch", 2, "past", 5]] as const;
    const rest = [
      ["batch", 2, "(keyLen+past)", 8],
      ["batch", 2, "(keyLen+past)", 5],
      ["batch", 6, "queryLen", "(keyLen+past)"],
    ];
    expect(attention([query, key, value, ...past], {}, 4)).toEqual([["batch", 6, "queryLen", 5], ...rest]);
    expect(attention([...packed, ...past], counts, 4)).toEqual([["batch", "queryLen", 30], ...rest]);
  });

  test("of masks that stretch or end early, and of lengths", () => {
    for (const mask of [["keyLen"], ["queryLen", "keyLen"], [6, 1, "keyLen"], ["batch", 1, "queryLen", 3], []]) {
      expect(attention([query, key, value, mask])).toEqual([["batch", 6, "queryLen", 5]]);
    }
    expect(attention([query, key, value, undefined, undefined, undefined, ["batch"]])).toEqual([
      ["batch", 6, "queryLen", 5],
    ]);
  });

  test("of rotary embedding", () => {
    const x = ["batch", "len", 40];
    const cached = [
      [9, 3],
      [9, 3],
      ["batch", "len"],
    ];
    expect(rotary([x, ...cached], { num_heads: 5, rotary_embedding_dim: 6 })).toEqual([x]);
    const whole = ["batch", 5, "len", "dim"];
    expect(rotary([whole, ["batch", "len", 4], ["batch", "len", 4]], { rotary_embedding_dim: 8 })).toEqual([whole]);
  });

  test("of linear attention", () => {
    const inputs = [
      ["batch", "len", 16],
      ["batch", "len", 8],
      ["batch", "len", 10],
    ];
    expect(linear(inputs, { q_num_heads: 4 })).toEqual([
      ["batch", "len", 20],
      ["batch", 2, 4, 5],
    ]);
  });
});

describe("what does not fit is refused", () => {
  test.each<[string, () => unknown, string]>([
    [
      "ranks that differ",
      () => attention([query, key, packed[2]]),
      "Attention: expected query, key and value of one rank, and both pasts or lengths or neither, but found [batch,6,queryLen,8], [batch,2,keyLen,8], [batch,keyLen,10]",
    ],
    [
      "one past",
      () => attention([[1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], undefined, [1, 1, 1, 1]]),
      "Attention: expected query, key and value of one rank, and both pasts or lengths or neither, but found [1,1,1,1], [1,1,1,1], [1,1,1,1], none, [1,1,1,1]",
    ],
    [
      "matrices",
      () =>
        attention([
          [2, 3],
          [2, 3],
          [2, 3],
        ]),
      "Attention: expected floats [batch,heads,len,dim] or [batch,len,heads*dim] but found float32 [2,3]",
    ],
    [
      "packed heads without their number",
      () => attention(packed),
      "Attention: expected q_num_heads to be a whole number of at least 1 but found none",
    ],
    [
      "heads of no number",
      () => attention(packed, { ...counts, kv_num_heads: -2 }),
      "Attention: expected kv_num_heads to be a whole number of at least 1 but found -2",
    ],
    [
      "heads that do not divide",
      () => attention(packed, { ...counts, q_num_heads: 7 }),
      "Attention: expected a last axis of q_num_heads=7 equal parts but found 48",
    ],
    [
      "groups that differ",
      () => attention([query, ["batch", 4, 5, 8], ["batch", 4, 5, 8]]),
      "Attention: expected as many query heads for each of 4 key-value heads but found 6",
    ],
    [
      "heads of another size",
      () => attention([query, ["batch", 2, 5, 7], ["batch", 2, 5, 8]]),
      "Attention: expected key [batch keyValueHeads keyLen headDim] to have headDim=8, as in query, but found shape [batch,2,5,7]",
    ],
    [
      "another past",
      () => attention([query, key, value, undefined, ["batch", 2, 3, 8], ["batch", 2, 4, 5]]),
      "Attention: expected pastValue [batch keyValueHeads pastLen valueDim] to have pastLen=3, as in pastKey, but found shape [batch,2,4,5]",
    ],
    [
      "a mask that is too long",
      () =>
        attention([
          [1, 1, 2, 4],
          [1, 1, 3, 4],
          [1, 1, 3, 4],
          [2, 4],
        ]),
      "Attention: expected a mask that stretches to [1,1,2,3] but found [2,4]",
    ],
    [
      "a mask that is too wide",
      () =>
        attention([
          [1, 1, 2, 4],
          [1, 1, 3, 4],
          [1, 1, 3, 4],
          [5, 1, 2, 3],
        ]),
      "Attention: expected a mask that stretches to [1,1,2,3] but found [5,1,2,3]",
    ],
    [
      "lengths of another batch",
      () => attention([[1, 1, 2, 4], [1, 1, 3, 4], [1, 1, 3, 4], undefined, undefined, undefined, [2]]),
      "Attention: expected lengths [batch] to have batch=1, as in query, but found shape [2]",
    ],
    [
      "lengths that are no integers",
      () =>
        apply("Attention", [
          ...[1, 1, 1].map((one) => input("x", [one, 1, 1, 1])),
          ...[undefined, undefined, undefined],
          input("lengths", [1]),
        ]),
      "Attention: expected lengths to be int64 but found float32",
    ],
    [
      "positions that are no integers",
      () =>
        apply("RotaryEmbedding", [
          input("x", [1, 2, 3, 8]),
          input("c", [9, 4]),
          input("s", [9, 4]),
          input("p", [1, 3]),
        ]),
      "RotaryEmbedding: expected positions to be int64 but found float32",
    ],
    [
      "a softmax in integers",
      () => attention([query, key, value], { softmax_precision: "int32" }),
      "Attention: expected softmax_precision to be a type of floats but found int32",
    ],
    [
      "heads of no numbers",
      () =>
        attention([
          [1, 1, 2, 0],
          [1, 1, 2 ** 40, 0],
          [1, 1, 2 ** 40, 1],
        ]),
      "Attention: expected heads of at least 1 number but found headDim=0",
    ],
    [
      "an output that is none",
      () => attention([query, key, value], { qk_matmul_output_mode: 4 }),
      "Attention: expected qk_matmul_output_mode 0, 1, 2 or 3 but found 4",
    ],
    [
      "a window that is none",
      () => attention([query, key, value], { left_window_size: -2 }),
      "Attention: expected left_window_size to be a whole number of at least -1 but found -2",
    ],
    [
      "cosines of another width",
      () =>
        rotary([
          [1, 2, 3, 8],
          [1, 3, 3],
          [1, 3, 3],
        ]),
      "RotaryEmbedding: expected cosines for half of 8 of 8 numbers but found [1,3,3]",
    ],
    [
      "more numbers than a head has",
      () =>
        rotary(
          [
            [1, 2, 3, 8],
            [1, 3, 5],
            [1, 3, 5],
          ],
          { rotary_embedding_dim: 10 },
        ),
      "RotaryEmbedding: expected cosines for half of 10 of 8 numbers but found [1,3,5]",
    ],
    [
      "positions of another length",
      () =>
        rotary([
          [1, 2, 3, 8],
          [9, 4],
          [9, 4],
          [1, 4],
        ]),
      "RotaryEmbedding: expected positions [batch len] to have len=3, as in x, but found shape [1,4]",
    ],
    [
      "a rule that is none",
      () => linear(steps, { update_rule: "toString" }),
      "LinearAttention: expected an update_rule (linear, gated, delta, gated_delta) but found toString",
    ],
    [
      "a gate that is missing",
      () => linear(steps, { update_rule: "gated" }),
      "LinearAttention: expected a decay for update_rule gated but found none",
    ],
    [
      "a gate too many",
      () => linear([...steps, undefined, undefined, [2, 3, 2]]),
      "LinearAttention: expected no beta for update_rule linear but found one",
    ],
    [
      "a gate of another width",
      () => linear([...steps, undefined, [2, 3, 5]], { update_rule: "gated" }),
      "LinearAttention: expected decay [2,3,8] or [2,3,2] but found [2,3,5]",
    ],
    [
      "another state",
      () => linear([...steps, [2, 2, 5, 4]]),
      "LinearAttention: expected past [batch keyValueHeads headDim valueDim] to have headDim=4, as in state, but found shape [2,2,5,4]",
    ],
    [
      "unpacked heads",
      () => linear([query, key, value]),
      "LinearAttention: expected query, key and value [batch,len,heads*dim] but found [batch,6,queryLen,8], [batch,2,keyLen,8], [batch,2,keyLen,5]",
    ],
  ])("%s", (_, act, message) => expect(act).toThrow(new ShapeError(message)));
});
