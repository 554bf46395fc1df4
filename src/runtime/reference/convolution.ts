import { product, strides } from "../../tensor/index.ts";
import { type Slide, slides } from "../../tensor/operators/convolution.ts";
import { given, type Kernel, type KernelTable } from "./kernel.ts";

/** A run of output elements that one place of the kernel adds to, and where the input elements for them start. */
interface Row {
  readonly to: number;
  readonly from: number;
  readonly count: number;
}

/** All rows, in one channel, for the kernel's place `at`. What falls into the padding is left out: nothing is added there. */
function rowsAt(at: readonly number[], moves: readonly Slide[], lengths: readonly number[]): Row[] {
  const [into, outOf] = [strides(moves.map(({ positions }) => positions as number)), strides(lengths)];
  let rows: Row[] = [{ to: 0, from: 0, count: 1 }];
  for (const [axis, { stride, dilation, before, positions }] of moves.entries()) {
    const shift = (at[axis] as number) * dilation - before;
    const first = Math.max(0, Math.ceil(-shift / stride));
    const end = Math.min(positions as number, Math.floor(((lengths[axis] as number) - 1 - shift) / stride) + 1);
    const row = ({ to, from }: Row, position: number, count: number) => ({
      to: to + position * (into[axis] as number),
      from: from + (position * stride + shift) * (outOf[axis] as number),
      count,
    });
    const last = axis === moves.length - 1;
    const count = Math.max(0, end - first);
    rows = rows.flatMap((outer) =>
      last ? [row(outer, first, count)] : Array.from({ length: count }, (_, i) => row(outer, first + i, 1)),
    );
  }
  return rows;
}

const convolve: Kernel = (inputs, attributes) => {
  const [x, weight, bias] = [given(inputs, 0), given(inputs, 1), inputs[2]];
  const [batch, channels, ...lengths] = x.shape as [number, number, ...number[]];
  const [outChannels, groupChannels, ...widths] = weight.shape as [number, number, ...number[]];
  const moves = slides(attributes, lengths, widths);
  const sizes = moves.map(({ positions }) => positions as number);
  const [page, outPage, places] = [product(lengths), product(sizes), product(widths)];
  const groupSize = outChannels / (attributes.group as number);
  const step = (moves.at(-1) as Slide).stride;
  const data = new Float64Array(batch * outChannels * outPage);
  if (bias) for (let i = 0; i < data.length; i++) data[i] = bias.data[Math.floor(i / outPage) % outChannels] as number;
  const kernelSteps = strides(widths);
  for (let place = 0; place < places; place++) {
    const at = widths.map((width, axis) => Math.floor(place / (kernelSteps[axis] as number)) % width);
    const rows = rowsAt(at, moves, lengths);
    for (let pair = 0; pair < batch * outChannels * groupChannels; pair++) {
      const channel = pair % groupChannels;
      const out = Math.floor(pair / groupChannels);
      const group = Math.floor((out % outChannels) / groupSize);
      const factor = weight.data[((out % outChannels) * groupChannels + channel) * places + place] as number;
      const source = (Math.floor(out / outChannels) * channels + group * groupChannels + channel) * page;
      for (const { to, from, count } of rows) {
        for (let i = 0; i < count; i++) {
          (data[out * outPage + to + i] as number) += factor * (x.data[source + from + i * step] as number);
        }
      }
    }
  }
  return [{ data, shape: [batch, outChannels, ...sizes], dtype: x.dtype }];
};

export const CONVOLUTIONS: KernelTable = { Conv: convolve };
