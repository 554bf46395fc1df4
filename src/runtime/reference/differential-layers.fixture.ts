/** Differential cases of operators that are whole layers: convolution, attention and rotary embedding. */
import { type Attributes, array, input, type NdArray, scanNode, zeros } from "../../tensor/index.ts";
import { by, type DifferentialCase, flags, i64, n, of } from "./differential-inputs.fixture.ts";

/** What a case of attention has beside query, key and value: 3 keys of past, a mask, lengths. */
interface AttentionOptions {
  readonly heads?: number;
  readonly keyValueHeads?: number;
  readonly mask?: NdArray;
  readonly past?: boolean;
  readonly lengths?: NdArray;
  readonly outputs?: number;
  readonly attributes?: Attributes;
  readonly opset?: number;
}

/** 3 queries and 5 keys in a batch of 2, of 8 numbers for query and key and `valueDim` for values. */
function attention(packed: boolean, options: AttentionOptions = {}): DifferentialCase {
  const { heads = 2, keyValueHeads = heads, mask, past, lengths, outputs = 1, attributes = {}, opset = 23 } = options;
  const [batch, queryLen, keyLen, headDim, valueDim] = [2, 3, 5, 8, 7];
  const side = (count: number, len: number, dim: number) =>
    packed ? n(batch, len, count * dim) : n(batch, count, len, dim);
  const counts: Attributes = packed ? { q_num_heads: heads, kv_num_heads: keyValueHeads } : {};
  const inputs = [
    side(heads, queryLen, headDim),
    side(keyValueHeads, keyLen, headDim),
    side(keyValueHeads, keyLen, valueDim),
    mask,
    past ? n(batch, keyValueHeads, 3, headDim) : undefined,
    past ? n(batch, keyValueHeads, 3, valueDim) : undefined,
    lengths,
  ];
  while (inputs.at(-1) === undefined) inputs.pop();
  return { inputs, outputs, attributes: { ...counts, ...attributes }, opset };
}

/** 3 steps in a batch of 2: `heads` of 5 numbers for query and key, `valueDim` of 7, and what the update rule asks for. */
function linearAttention(
  update_rule: string,
  options: { heads?: number; decay?: number; beta?: number; past?: boolean; scale?: number } = {},
): DifferentialCase {
  const { heads = 2, decay, beta, past, scale = 0 } = options;
  const [batch, len, keyValueHeads, headDim, valueDim] = [2, 3, 2, 5, 7];
  return {
    inputs: [
      n(batch, len, heads * headDim),
      n(batch, len, keyValueHeads * headDim),
      n(batch, len, keyValueHeads * valueDim),
      past ? n(batch, keyValueHeads, headDim, valueDim) : undefined,
      decay ? n(batch, len, decay) : undefined,
      beta ? n(batch, len, beta) : undefined,
    ],
    outputs: 2,
    attributes: { update_rule, q_num_heads: heads, kv_num_heads: keyValueHeads, scale },
    opset: 27,
  };
}

/** A recurrent step over five elements with a count of its steps, and a weight from outside. */
function scan(options: { reverse?: boolean; attributes?: Attributes; scanned?: NdArray }): DifferentialCase {
  const [start, x, w] = [input("start", [2, 3]), input("x", [5, 2, 3]), input("w", [3, 3])];
  const { last } = scanNode({
    initial: { hidden: start, count: zeros([]) },
    inputs: { x, again: x },
    step: ({ hidden, count }, element) => {
      const next = hidden.matmul(w).add(element.x).sub(element.again.mul(count)).tanh();
      return { state: { hidden: next, count: count.add(1) }, output: { twice: next.mul(hidden) } };
    },
    reverse: options.reverse ?? false,
  });
  return {
    inputs: [n(2, 3), array(0, []), options.scanned ?? n(5, 2, 3), n(5, 2, 3), n(3, 3)],
    attributes: { ...last.hidden.node.attributes, ...options.attributes },
    outputs: 5,
  };
}

/** Operators newer than ONNX Runtime, which tests of their own check against their formulas. */
export const WITHOUT_ONNX_RUNTIME: Readonly<Record<string, string>> = {
  LinearAttention: "ONNX Runtime 1.30 has operator sets up to 26, and this one came with 27",
};

/** Position ids of two rows of three steps. */
const positions = array([0, 3, 1, 4, 4, 2], [2, 3], "int64");

export const LAYER_CASES: Readonly<Record<string, readonly DifferentialCase[]>> = {
  Scan: [
    scan({}),
    scan({ reverse: true }),
    scan({
      scanned: n(2, 5, 3),
      attributes: { scan_input_axes: [1, 0], scan_input_directions: [1, 0], scan_output_axes: [2, 0, 0] },
    }),
  ],
  Conv: [
    of(n(2, 3, 7), n(5, 3, 3)),
    of(n(2, 3, 7, 5), n(5, 3, 3, 2), n(5)),
    of(n(2, 2, 3, 5, 4), n(3, 2, 2, 3, 2), n(3)),
    by({ pads: [1, 2] }, n(2, 3, 7), n(5, 3, 3), n(5)),
    by({ pads: [1, 0, 2, 3], strides: [2, 3] }, n(2, 3, 7, 5), n(2, 3, 3, 2)),
    by({ strides: [2], dilations: [3], pads: [3, 4] }, n(2, 3, 11), n(5, 3, 3)),
    by({ group: 2 }, n(2, 4, 7), n(6, 2, 3), n(6)),
    by({ group: 4, dilations: [1, 2] }, n(1, 4, 5, 7), n(4, 1, 3, 3)),
    by({ kernel_shape: [3], auto_pad: "VALID" }, n(2, 3, 7), n(5, 3, 3)),
    ...["SAME_UPPER", "SAME_LOWER"].flatMap((auto_pad) => [
      by({ auto_pad }, n(2, 3, 7), n(5, 3, 4)),
      by({ auto_pad, strides: [2, 3] }, n(1, 2, 7, 11), n(3, 2, 2, 5)),
      by({ auto_pad, strides: [3] }, n(1, 2, 7), n(3, 2, 1)),
    ]),
    by({ pads: [5, 4] }, n(1, 2, 3), n(3, 2, 2)),
  ],
  Attention: [
    attention(false),
    attention(true),
    attention(false, { heads: 6, keyValueHeads: 2, attributes: { scale: 0.3 } }),
    attention(true, { heads: 6, keyValueHeads: 3, mask: n(3, 5) }),
    attention(false, { heads: 4, keyValueHeads: 1, mask: flags(2, 1, 3, 5), attributes: { softcap: 0.7 } }),
    attention(true, { attributes: { is_causal: 1 } }),
    attention(false, { mask: n(2, 2, 3, 5), attributes: { is_causal: 1 } }),
    attention(false, { mask: n(2, 3, 5) }),
    attention(true, { past: true, outputs: 3, mask: n(3, 8) }),
    attention(false, { past: true, outputs: 3, attributes: { is_causal: 1 }, opset: 24 }),
    attention(false, { past: true, outputs: 4, mask: n(3, 8) }),
    attention(true, { past: true, outputs: 4, mask: n(3, 8), attributes: { qk_matmul_output_mode: 3 } }),
    attention(false, { lengths: i64(5, 3), opset: 24 }),
    attention(true, { lengths: i64(5, 3), attributes: { is_causal: 1 }, opset: 24 }),
    attention(false, { heads: 4, keyValueHeads: 2, lengths: i64(2, 4), mask: n(3, 5), opset: 24 }),
    attention(false, { attributes: { softmax_precision: "float64" }, mask: n(3, 5) }),
    ...[0, 1, 2].map((qk_matmul_output_mode) =>
      attention(false, { outputs: 4, past: true, mask: n(3, 8), attributes: { qk_matmul_output_mode, softcap: 0.7 } }),
    ),
  ],
  LinearAttention: [
    linearAttention("linear", { scale: 0.3 }),
    linearAttention("gated", { decay: 10, heads: 6 }),
    linearAttention("gated", { decay: 2, past: true }),
    linearAttention("delta", { beta: 2, past: true }),
    linearAttention("gated_delta", { decay: 10, beta: 1, heads: 4, past: true }),
    linearAttention("gated_delta", { decay: 2, beta: 2, scale: 0.7 }),
  ],
  RotaryEmbedding: [
    of(n(2, 5, 3, 8), n(2, 3, 4), n(2, 3, 4)),
    of(n(2, 5, 3, 8), n(5, 4), n(5, 4), positions),
    by({ interleaved: 1 }, n(2, 5, 3, 8), n(5, 4), n(5, 4), positions),
    by({ num_heads: 5 }, n(2, 3, 40), n(5, 4), n(5, 4), positions),
    by({ num_heads: 5, rotary_embedding_dim: 4 }, n(2, 3, 40), n(5, 2), n(5, 2), positions),
    by({ num_heads: 5, rotary_embedding_dim: 6, interleaved: 1 }, n(2, 3, 40), n(2, 3, 3), n(2, 3, 3)),
  ],
};
