// Above 250 lines: three operators that share their checks of heads.
import { addDims, type Dim, divideDims, formatShape, isUnknown, multiplyDims, type Shape, unknownDim } from "../dim.ts";
import { ShapeError } from "../errors.ts";
import type { DType } from "../nd-array.ts";
import { bindAxes } from "../patterns.ts";
import type { Attributes, Tensor, TensorType } from "../tensor.ts";
import { broadcast, FLOATS, type OperatorTable, required } from "./operator.ts";

type Inputs = readonly (Tensor | undefined)[];
type Shaped = Pick<Tensor, "shape" | "rank">;

/** An attribute that counts. @throws ShapeError unless it is a whole number of at least `least` */
function counted(owner: string, attributes: Attributes, name: string, least: number): number {
  const value = attributes[name] as number | undefined;
  if (value !== undefined && Number.isSafeInteger(value) && value >= least) return value;
  throw new ShapeError(
    `${owner}: expected ${name} to be a whole number of at least ${least} but found ${value ?? "none"}`,
  );
}

/** `[batch heads len dim]` of a tensor that is so, or `[batch len heads·dim]` with the number of heads in an attribute. */
function unpacked(owner: string, tensor: Tensor, attributes: Attributes, name: string): Shaped {
  if (!FLOATS.has(tensor.dtype) || (tensor.rank !== 3 && tensor.rank !== 4)) {
    throw new ShapeError(
      `${owner}: expected floats [batch,heads,len,dim] or [batch,len,heads*dim] but found ${tensor.dtype} ${formatShape(tensor.shape)}`,
    );
  }
  if (tensor.rank === 4) return tensor;
  const [batch, len, width] = tensor.shape as [Dim, Dim, Dim];
  const heads = counted(owner, attributes, name, 1);
  const dim = divideDims(width, heads);
  if (dim === undefined && !isUnknown(width)) {
    throw new ShapeError(`${owner}: expected a last axis of ${name}=${heads} equal parts but found ${width}`);
  }
  return { shape: [batch, heads, len, dim ?? unknownDim()], rank: 4 };
}

/** A mask stretches to the scores; its last axis may be shorter, and of the keys beyond it none is attended. */
function checkMask(mask: Tensor, scores: Shape): void {
  const [last, total] = [mask.shape.at(-1), scores.at(-1)];
  const lead = broadcast("Attention", [mask.shape.slice(0, -1), scores.slice(0, -1)]);
  const stretched = lead.length > 3 || lead.some((dim, i) => dim !== scores[i] && !isUnknown(dim));
  if (stretched || (typeof last === "number" && typeof total === "number" && last > total)) {
    throw new ShapeError(
      `Attention: expected a mask that stretches to ${formatShape(scores)} but found ${formatShape(mask.shape)}`,
    );
  }
}

function checkGroups(owner: string, heads: Dim, keyValueHeads: Dim): void {
  if (divideDims(heads, keyValueHeads) !== undefined || isUnknown(heads) || isUnknown(keyValueHeads)) return;
  throw new ShapeError(
    `${owner}: expected as many query heads for each of ${keyValueHeads} key-value heads but found ${heads}`,
  );
}

function checkInt64(owner: string, name: string, tensor: Tensor | undefined): void {
  if (!tensor || tensor.dtype === "int64") return;
  throw new ShapeError(`${owner}: expected ${name} to be int64 but found ${tensor.dtype}`);
}

function checkAttention(attributes: Attributes): void {
  const mode = attributes.qk_matmul_output_mode as number;
  if (![0, 1, 2, 3].includes(mode)) {
    throw new ShapeError(`Attention: expected qk_matmul_output_mode 0, 1, 2 or 3 but found ${mode}`);
  }
  const precision = attributes.softmax_precision as DType | undefined;
  if (precision !== undefined && !FLOATS.has(precision)) {
    throw new ShapeError(`Attention: expected softmax_precision to be a type of floats but found ${precision}`);
  }
  for (const side of ["left_window_size", "right_window_size"]) counted("Attention", attributes, side, -1);
}

/** The length of the keys with those of the past before them. */
function totalLength(key: Shaped, value: Shaped, pastKey: Tensor | undefined, pastValue: Tensor | undefined): Dim {
  const keyLen = key.shape[2] as Dim;
  if (!pastKey || !pastValue) return keyLen;
  const { pastLen } = bindAxes("Attention", {
    key: [key, "batch keyValueHeads keyLen headDim"],
    value: [value, "batch keyValueHeads keyLen valueDim"],
    pastKey: [pastKey, "batch keyValueHeads pastLen headDim"],
    pastValue: [pastValue, "batch keyValueHeads pastLen valueDim"],
  });
  return addDims([pastLen, keyLen]);
}

function inferAttention(inputs: Inputs, attributes: Attributes, outputs: number): TensorType[] {
  const [q, k, v] = [0, 1, 2].map((index) => required("Attention", inputs, index)) as [Tensor, Tensor, Tensor];
  const [mask, pastKey, pastValue, lengths] = inputs.slice(3);
  if (q.rank !== k.rank || q.rank !== v.rank || !pastKey !== !pastValue || (pastKey && lengths)) {
    const found = inputs.map((tensor) => (tensor ? formatShape(tensor.shape) : "none")).join(", ");
    throw new ShapeError(
      `Attention: expected query, key and value of one rank, and both pasts or lengths or neither, but found ${found}`,
    );
  }
  const query = unpacked("Attention", q, attributes, "q_num_heads");
  const key = unpacked("Attention", k, attributes, "kv_num_heads");
  const value = unpacked("Attention", v, attributes, "kv_num_heads");
  const { batch, heads, keyValueHeads, queryLen, headDim, valueDim } = bindAxes("Attention", {
    query: [query, "batch heads queryLen headDim"],
    key: [key, "batch keyValueHeads keyLen headDim"],
    value: [value, "batch keyValueHeads keyLen valueDim"],
  });
  // Without numbers in a head, keys without end would take no bytes in a file.
  if (headDim === 0) throw new ShapeError("Attention: expected heads of at least 1 number but found headDim=0");
  checkAttention(attributes);
  checkInt64("Attention", "lengths", lengths);
  checkGroups("Attention", heads, keyValueHeads);
  if (lengths) bindAxes("Attention", { query: [query, "batch heads queryLen headDim"], lengths: [lengths, "batch"] });
  const total = totalLength(key, value, pastKey, pastValue);
  const scores = [batch, heads, queryLen, total];
  if (mask && mask.rank > 0) checkMask(mask, scores);
  const packed = [batch, queryLen, multiplyDims([heads, valueDim])];
  return [
    { shape: q.rank === 3 ? packed : [batch, heads, queryLen, valueDim], dtype: q.dtype },
    { shape: [batch, keyValueHeads, total, headDim], dtype: k.dtype },
    { shape: [batch, keyValueHeads, total, valueDim], dtype: v.dtype },
    { shape: scores, dtype: q.dtype },
  ].slice(0, outputs);
}

function inferRotaryEmbedding(inputs: Inputs, attributes: Attributes): TensorType[] {
  const [x, cosines, sines] = [0, 1, 2].map((index) => required("RotaryEmbedding", inputs, index)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const positions = inputs[3];
  checkInt64("RotaryEmbedding", "positions", positions);
  const heads = unpacked("RotaryEmbedding", x, attributes, "num_heads");
  const { headDim, half } = positions
    ? bindAxes("RotaryEmbedding", {
        x: [heads, "batch heads len headDim"],
        positions: [positions, "batch len"],
        cosines: [cosines, "places half"],
        sines: [sines, "places half"],
      })
    : bindAxes("RotaryEmbedding", {
        x: [heads, "batch heads len headDim"],
        cosines: [cosines, "batch len half"],
        sines: [sines, "batch len half"],
      });
  const width = counted("RotaryEmbedding", attributes, "rotary_embedding_dim", 0) || headDim;
  const tooWide = typeof width === "number" && typeof headDim === "number" && width > headDim;
  if (tooWide || (multiplyDims([half, 2]) !== width && !isUnknown(half) && !isUnknown(width))) {
    throw new ShapeError(
      `RotaryEmbedding: expected cosines for half of ${width} of ${headDim} numbers but found ${formatShape(cosines.shape)}`,
    );
  }
  return [{ shape: x.shape, dtype: x.dtype }];
}

/** Which update rules forget, and which write only what the state does not give back already. */
export const UPDATE_RULES: Readonly<Record<string, { readonly decay: boolean; readonly beta: boolean }>> = {
  linear: { decay: false, beta: false },
  gated: { decay: true, beta: false },
  delta: { decay: false, beta: true },
  gated_delta: { decay: true, beta: true },
};

/** The inputs that an update rule needs, and no others. */
function checkUpdateRule(inputs: Inputs, attributes: Attributes): void {
  const name = attributes.update_rule as string;
  const rule = Object.hasOwn(UPDATE_RULES, name) ? UPDATE_RULES[name] : undefined;
  if (!rule) {
    const known = Object.keys(UPDATE_RULES).join(", ");
    throw new ShapeError(`LinearAttention: expected an update_rule (${known}) but found ${name.slice(0, 20)}`);
  }
  for (const [index, gate] of [
    [4, "decay"],
    [5, "beta"],
  ] as const) {
    if (rule[gate] === (inputs[index] !== undefined)) continue;
    const [wanted, found] = rule[gate] ? ["a", "none"] : ["no", "one"];
    throw new ShapeError(`LinearAttention: expected ${wanted} ${gate} for update_rule ${name} but found ${found}`);
  }
}

/** A gate `[batch len width]`, of one of the widths that are allowed. */
function checkGate(name: string, gate: Tensor | undefined, [batch, len]: Shape, widths: Shape): void {
  const alike = (a: Dim | undefined, b: Dim) => a !== undefined && (a === b || isUnknown(a) || isUnknown(b));
  const [rows, steps, width] = gate?.shape ?? [];
  if (
    !gate ||
    (gate.rank === 3 && alike(rows, batch as Dim) && alike(steps, len as Dim) && widths.some((w) => alike(width, w)))
  )
    return;
  const expected = widths.map((w) => formatShape([batch as Dim, len as Dim, w])).join(" or ");
  throw new ShapeError(`LinearAttention: expected ${name} ${expected} but found ${formatShape(gate.shape)}`);
}

function inferLinearAttention(inputs: Inputs, attributes: Attributes, outputs: number): TensorType[] {
  const [q, k, v] = [0, 1, 2].map((index) => required("LinearAttention", inputs, index)) as [Tensor, Tensor, Tensor];
  const past = inputs[3];
  if (q.rank !== 3 || k.rank !== 3 || v.rank !== 3) {
    const found = [q, k, v].map(({ shape }) => formatShape(shape)).join(", ");
    throw new ShapeError(`LinearAttention: expected query, key and value [batch,len,heads*dim] but found ${found}`);
  }
  checkUpdateRule(inputs, attributes);
  const { batch, heads, len, headDim, keyValueHeads, valueDim } = bindAxes("LinearAttention", {
    query: [unpacked("LinearAttention", q, attributes, "q_num_heads"), "batch heads len headDim"],
    key: [unpacked("LinearAttention", k, attributes, "kv_num_heads"), "batch keyValueHeads len headDim"],
    value: [unpacked("LinearAttention", v, attributes, "kv_num_heads"), "batch keyValueHeads len valueDim"],
  });
  checkGroups("LinearAttention", heads, keyValueHeads);
  const state = [batch, keyValueHeads, headDim, valueDim];
  if (past) {
    bindAxes("LinearAttention", {
      state: [{ shape: state, rank: 4 }, "batch keyValueHeads headDim valueDim"],
      past: [past, "batch keyValueHeads headDim valueDim"],
    });
  }
  checkGate("decay", inputs[4], [batch, len], [multiplyDims([keyValueHeads, headDim]), keyValueHeads]);
  checkGate("beta", inputs[5], [batch, len], [keyValueHeads, 1]);
  return [
    { shape: [batch, len, multiplyDims([heads, valueDim])], dtype: q.dtype },
    { shape: state, dtype: (past ?? q).dtype },
  ].slice(0, outputs);
}

/** Attention as one node, for inference; mechanisms are built from their formulas (`attention/`). */
export const ATTENTIONS: OperatorTable = {
  /** softmax(Q Kᵀ · scale + mask) V (Vaswani et al. 2017, equation 1), with heads, a cap, and a cache of keys and values. */
  Attention: {
    versions: [23, 24, 25],
    attributes: {
      is_causal: ["int", 0],
      kv_num_heads: ["int"],
      left_window_size: ["int", -1],
      q_num_heads: ["int"],
      qk_matmul_output_mode: ["int", 0],
      right_window_size: ["int", -1],
      scale: ["float"],
      softcap: ["float", 0],
      softmax_precision: ["dtype"],
    },
    infer: inferAttention,
  },
  /** Pairs of numbers turned by angles that grow with the position (Su et al. 2021, section 3.2). */
  RotaryEmbedding: {
    versions: [23],
    attributes: { interleaved: ["int", 0], num_heads: ["int"], rotary_embedding_dim: ["int", 0] },
    infer: inferRotaryEmbedding,
  },
  /** A state `S` of keys times values that each step forgets (`decay`), corrects (`beta`), writes, and reads: `o = scale · qᵀ S`. */
  LinearAttention: {
    versions: [27],
    attributes: {
      chunk_size: ["int", 64],
      kv_num_heads: ["int"],
      q_num_heads: ["int"],
      scale: ["float", 0],
      update_rule: ["string", "gated_delta"],
    },
    infer: inferLinearAttention,
  },
};
