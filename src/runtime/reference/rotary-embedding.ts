import { place } from "./indexing.ts";
import { given, type Kernel, type KernelTable } from "./kernel.ts";
import { packHeads, unpackHeads } from "./packed-heads.ts";

/** Turns pairs of numbers: the two halves of a row side by side or, interleaved, neighbours. Numbers beyond them stay. */
const rotate: Kernel = (inputs, { interleaved, num_heads, rotary_embedding_dim }) => {
  const x = given(inputs, 0);
  const [cosines, sines] = [given(inputs, 1), given(inputs, 2)];
  const value = unpackHeads(x, num_heads as number | undefined);
  const [, heads, len, dim] = value.shape as [number, number, number, number];
  const half = cosines.shape.at(-1) as number;
  const width = (rotary_embedding_dim as number) || dim;
  const data = value.data.slice();
  for (let start = 0; start < data.length; start += dim) {
    const row = start / dim;
    const step = Math.floor(row / (heads * len)) * len + (row % len);
    const position = inputs[3] ? place(inputs[3].data[step] as number, cosines.shape[0] as number) : step;
    for (let i = 0; i < width / 2; i++) {
      const [a, b] = interleaved ? [start + 2 * i, start + 2 * i + 1] : [start + i, start + width / 2 + i];
      const [cos, sin] = [cosines.data[position * half + i] as number, sines.data[position * half + i] as number];
      const [real, imaginary] = [value.data[a] as number, value.data[b] as number];
      data[a] = cos * real - sin * imaginary;
      data[b] = sin * real + cos * imaginary;
    }
  }
  const turned = { ...value, data };
  return [x.shape.length === 3 ? packHeads(turned) : turned];
};

export const ROTARY_EMBEDDINGS: KernelTable = { RotaryEmbedding: rotate };
