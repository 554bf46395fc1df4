import { given, type Kernel, type KernelTable } from "./kernel.ts";
import type { Value } from "./value.ts";

/** Row `head` of step `step`, from `[batch len heads·dim]`. */
function rowOf(value: Value, step: number, head: number, dim: number): Float64Array {
  const start = step * (value.shape[2] as number) + head * dim;
  return value.data.subarray(start, start + dim);
}

/** What one step does to a state `[headDim valueDim]`: it forgets, then writes what it does not give back for its key yet. */
function write(
  state: Float64Array,
  key: Float64Array,
  value: Float64Array,
  { decay, beta }: { decay: Float64Array | undefined; beta: number | undefined },
): void {
  const width = value.length;
  // One number for the head, or one for each number of its key.
  if (decay)
    for (let i = 0; i < state.length; i++)
      (state[i] as number) *= Math.exp(decay[Math.floor(i / width) % decay.length] as number);
  const written = beta === undefined ? value : value.map((x, j) => beta * (x - read(state, key, j, width)));
  for (const [d, x] of key.entries()) {
    for (let j = 0; j < width; j++) (state[d * width + j] as number) += x * (written[j] as number);
  }
}

/** Number `column` of what a state holds for a key or a query. */
function read(state: Float64Array, query: Float64Array, column: number, width: number): number {
  return query.reduce((sum, x, d) => sum + x * (state[d * width + column] as number), 0);
}

const linearAttention: Kernel = (inputs, attributes, outputs) => {
  const [query, key, value] = [0, 1, 2].map((index) => given(inputs, index)) as [Value, Value, Value];
  const [past, decay, beta] = inputs.slice(3);
  const { q_num_heads: heads, kv_num_heads: keyValueHeads, scale } = attributes as Readonly<Record<string, number>>;
  const [kinds, groups] = [heads as number, keyValueHeads as number];
  const [batch, len, width] = query.shape as [number, number, number];
  const [headDim, valueDim] = [width / kinds, (value.shape[2] as number) / groups];
  const page = headDim * valueDim;
  const states = past ? past.data.slice() : new Float64Array(batch * groups * page);
  const data = new Float64Array(batch * len * kinds * valueDim);
  for (let at = 0; at < batch * groups; at++) {
    const head = at % groups;
    const state = states.subarray(at * page, (at + 1) * page);
    for (let t = 0; t < len; t++) {
      const step = Math.floor(at / groups) * len + t;
      write(state, rowOf(key, step, head, headDim), rowOf(value, step, head, valueDim), {
        decay: decay && rowOf(decay, step, head, (decay.shape[2] as number) / groups),
        beta: beta?.data[beta.shape[2] === 1 ? step : step * groups + head],
      });
      for (let kind = (head * kinds) / groups; kind < ((head + 1) * kinds) / groups; kind++) {
        const row = rowOf(query, step, kind, headDim);
        const start = (step * kinds + kind) * valueDim;
        for (let j = 0; j < valueDim; j++)
          data[start + j] = (scale || 1 / Math.sqrt(headDim)) * read(state, row, j, valueDim);
      }
    }
  }
  return [
    { data, shape: [batch, len, kinds * valueDim], dtype: query.dtype },
    { data: states, shape: [batch, groups, headDim, valueDim], dtype: (past ?? query).dtype },
  ].slice(0, outputs);
};

export const LINEAR_ATTENTIONS: KernelTable = { LinearAttention: linearAttention };
