import { type Named, type Scanned, type ScanOptions, scanNode } from "../tensor/scan.ts";
import { stack, type Tensor } from "../tensor/tensor.ts";

export interface UnrolledScanOptions<
  State extends Named<State>,
  Element extends Named<Element>,
  Output extends Named<Output>,
> extends ScanOptions<State, Element, Output> {
  /** Whether the steps are written out one after the other; default: up to `UNROLLED_STEPS` of them. */
  readonly unroll?: boolean;
}

/** So many steps are written out one after the other: `npm run bench -- scan` measures where one node becomes faster. */
export const UNROLLED_STEPS = 64;

/**
 * A recurrence over axis 0 of its inputs: `step` makes the next state and an output from the state and one element of each
 * input. A short one of known length is written out step by step, which runs fastest; a longer one, or one whose length is a
 * symbol, is one `Scan` node, whose size and preparation do not grow with the length. Both compute the same.
 *
 * @returns `last`, the state after all steps, and `output`, what the steps gave, stacked along a new axis 0
 * @throws ShapeError when a state changes its shape or type, or the inputs differ in length
 */
export function scan<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>>(
  options: UnrolledScanOptions<State, Element, Output>,
): Scanned<State, Output> {
  const length = (Object.values(options.inputs)[0] as Tensor | undefined)?.shape[0];
  const { unroll = typeof length === "number" && length <= UNROLLED_STEPS } = options;
  return unroll && typeof length === "number" && length > 0 ? unrolled(options, length) : scanNode(options);
}

function unrolled<State extends Named<State>, Element extends Named<Element>, Output extends Named<Output>>(
  { initial, inputs, step, reverse = false }: ScanOptions<State, Element, Output>,
  length: number,
): Scanned<State, Output> {
  const pieces = Object.entries<Tensor>(inputs).map(
    ([name, tensor]) => [name, length === 1 ? [tensor] : tensor.split(new Array(length).fill(1), 0)] as const,
  );
  let last: State = initial;
  const outputs: Output[] = [];
  for (let i = 0; i < length; i++) {
    const at = reverse ? length - 1 - i : i;
    const element = Object.fromEntries(pieces.map(([name, parts]) => [name, (parts[at] as Tensor).squeeze(0)]));
    const { state, output } = step(last, element as Element);
    last = state;
    outputs.push(output);
  }
  if (reverse) outputs.reverse();
  const names = Object.keys(outputs[0] as object) as (keyof Output)[];
  const together = names.map(
    (name) =>
      [
        name,
        stack(
          outputs.map((output) => output[name] as Tensor),
          0,
        ),
      ] as const,
  );
  return { last, output: Object.fromEntries(together) as Output };
}
