import { sameShape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { allocate, type NdArray, product } from "../tensor/nd-array.ts";
import { concat, input, type Tensor } from "../tensor/tensor.ts";
import type { Module, Parameter } from "./module.ts";
import type { Segment } from "./optimizers.ts";

interface Slot {
  readonly name: string;
  readonly parameter: Parameter;
  readonly size: number;
}

/**
 * All trainable parameters of a model as one float32 vector, ordered by group (learning-rate factor, decay), and the frozen
 * ones as another. An optimiser then needs ten nodes instead of hundreds, a checkpoint is one buffer, and workers add one
 * vector. Names, never offsets, leave this file.
 */
export class FlatParameters {
  readonly trainable: readonly Slot[];
  readonly frozen: readonly Slot[];
  readonly segments: readonly Segment[];

  constructor(model: Module) {
    const slots = [...model.parameters()].map(([name, parameter]) => ({
      name,
      parameter,
      size: product(parameter.shape as number[]),
    }));
    const groupOf = ({ parameter }: Slot) => `${parameter.rate} ${parameter.decay}`;
    const order = [...new Set(slots.map(groupOf))];
    this.frozen = slots.filter(({ parameter }) => parameter.frozen);
    this.trainable = slots
      .filter(({ parameter }) => !parameter.frozen)
      .sort((a, b) => order.indexOf(groupOf(a)) - order.indexOf(groupOf(b)));
    const segments: Segment[] = [];
    for (const { parameter, size } of this.trainable) {
      const last = segments.at(-1);
      if (last && last.rate === parameter.rate && last.decay === parameter.decay) {
        segments[segments.length - 1] = { ...last, size: last.size + size };
      } else segments.push({ size, rate: parameter.rate, decay: parameter.decay });
    }
    this.segments = segments;
  }

  get size(): number {
    return total(this.trainable);
  }

  /** The inputs that hold the vectors, and for each parameter leaf its piece of them. */
  leaves(): { parameters: Tensor; frozen: Tensor | undefined; pieces: Map<Tensor, Tensor> } {
    const parameters = input("parameters", [this.size]);
    const frozen = this.frozen.length > 0 ? input("frozen", [total(this.frozen)]) : undefined;
    const pieces = new Map<Tensor, Tensor>();
    cut(parameters, this.trainable, pieces);
    if (frozen) cut(frozen, this.frozen, pieces);
    return { parameters, frozen, pieces };
  }

  /** Gradients of the trainable parameters, in their order, as one vector. */
  join(gradients: readonly Tensor[]): Tensor {
    return concat(
      gradients.map((part, i) => part.reshape([this.trainable[i]?.size as number])),
      0,
    );
  }

  /** The parameters' values as the two vectors. @throws ModelError for a parameter without a value */
  values(): Record<string, NdArray> {
    const vector = (slots: readonly Slot[]): NdArray => {
      const data = new Float32Array(total(slots));
      let offset = 0;
      for (const { name, parameter, size } of slots) {
        if (!parameter.value)
          throw new ModelError(`parameters: expected a value for ${name} but found none; call initialize()`);
        data.set(parameter.value.data as Float32Array, offset);
        offset += size;
      }
      return { data, shape: [data.length], dtype: "float32" };
    };
    const frozen: Record<string, NdArray> = this.frozen.length > 0 ? { frozen: vector(this.frozen) } : {};
    return { parameters: vector(this.trainable), ...frozen };
  }

  /** A vector of the trainable size, taken apart by parameter name. */
  takeApart(vector: NdArray): Map<string, NdArray> {
    const parts = new Map<string, NdArray>();
    let offset = 0;
    for (const { name, parameter, size } of this.trainable) {
      const data = (vector.data as Float32Array).slice(offset, offset + size);
      parts.set(name, { data, shape: parameter.shape as number[], dtype: "float32" });
      offset += size;
    }
    return parts;
  }

  /** The reverse of `takeApart`. @throws ModelError for a missing name or another shape */
  putTogether(parts: ReadonlyMap<string, NdArray>): NdArray {
    const data = allocate("float32", this.size) as Float32Array;
    let offset = 0;
    for (const { name, parameter, size } of this.trainable) {
      const part = parts.get(name);
      if (!part || !sameShape(part.shape, parameter.shape) || part.dtype !== "float32") {
        const found = part ? `${part.dtype} [${part.shape}]` : "none";
        throw new ModelError(`parameters: expected ${name} to be float32 [${parameter.shape}] but found ${found}`);
      }
      data.set(part.data as Float32Array, offset);
      offset += size;
    }
    return { data, shape: [this.size], dtype: "float32" };
  }
}

function total(slots: readonly Slot[]): number {
  return slots.reduce((sum, { size }) => sum + size, 0);
}

function cut(vector: Tensor, slots: readonly Slot[], pieces: Map<Tensor, Tensor>): void {
  const parts = vector.split(
    slots.map(({ size }) => size),
    0,
  );
  for (const [i, { parameter }] of slots.entries())
    pieces.set(parameter, (parts[i] as Tensor).reshape(parameter.shape));
}
