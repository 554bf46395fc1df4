import { sameShape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { type NdArray, product } from "../tensor/nd-array.ts";
import { concat, input, type Tensor } from "../tensor/tensor.ts";
import type { Buffer, Module, Parameter } from "./module.ts";
import type { Segment } from "./optimizers.ts";

interface Slot<T extends Parameter | Buffer> {
  readonly name: string;
  readonly leaf: T;
  readonly size: number;
}

/** Named leaves whose values lie one after the other in one float32 vector. Names, never offsets, leave this file. */
export class FlatVector<T extends Parameter | Buffer> {
  /** The name of the state that holds the vector, and of the graph input that reads it. */
  readonly name: string;
  readonly slots: readonly Slot<T>[];
  readonly size: number;

  constructor(name: string, leaves: Iterable<readonly [string, T]>) {
    this.name = name;
    this.slots = [...leaves].map(([path, leaf]) => ({ name: path, leaf, size: product(leaf.shape as number[]) }));
    this.size = this.slots.reduce((sum, { size }) => sum + size, 0);
    const wide = this.slots.find(({ leaf }) => leaf.dtype !== "float32");
    if (wide) throw new ModelError(`${name}: expected ${wide.name} to be float32 but found ${wide.leaf.dtype}`);
  }

  /** For each leaf its piece of the vector, which is the graph input `name`. */
  pieces(): [Tensor, Tensor][] {
    if (this.size === 0) return [];
    const parts = input(this.name, [this.size]).split(
      this.slots.map(({ size }) => size),
      0,
    );
    return this.slots.map(({ leaf }, i) => [leaf, (parts[i] as Tensor).reshape(leaf.shape)]);
  }

  /** One tensor for each leaf, in their order, as one vector. */
  join(tensors: readonly Tensor[]): Tensor {
    return concat(
      tensors.map((part, i) => part.reshape([this.slots[i]?.size as number])),
      0,
    );
  }

  /** The leaves' values. @throws ModelError for a leaf without a value */
  values(): NdArray {
    return this.putTogether(
      new Map(
        this.slots.map(({ name, leaf }) => {
          if (leaf.value) return [name, leaf.value];
          throw new ModelError(`${this.name}: expected a value for ${name} but found none; call initialize()`);
        }),
      ),
    );
  }

  /** A vector of this size, taken apart by name. */
  takeApart({ data }: NdArray): Map<string, NdArray> {
    const parts = new Map<string, NdArray>();
    let offset = 0;
    for (const { name, leaf, size } of this.slots) {
      const part = (data as Float32Array).slice(offset, offset + size);
      parts.set(name, { data: part, shape: leaf.shape as number[], dtype: "float32" });
      offset += size;
    }
    return parts;
  }

  /** The reverse of `takeApart`. @throws ModelError for a missing name or another shape */
  putTogether(parts: ReadonlyMap<string, NdArray>): NdArray {
    const data = new Float32Array(this.size);
    let offset = 0;
    for (const { name, leaf, size } of this.slots) {
      const part = parts.get(name);
      if (!part || !sameShape(part.shape, leaf.shape) || part.dtype !== "float32") {
        const found = part ? `${part.dtype} [${part.shape}]` : "none";
        throw new ModelError(`${this.name}: expected ${name} to be float32 [${leaf.shape}] but found ${found}`);
      }
      data.set(part.data as Float32Array, offset);
      offset += size;
    }
    return { data, shape: [this.size], dtype: "float32" };
  }
}

/**
 * A model's state as a few vectors: `parameters`, those that are trained, ordered by group (learning-rate factor, decay);
 * `frozen`, those that are not; `buffers`. An optimiser then needs ten nodes instead of hundreds, a checkpoint is a few arrays,
 * and workers add one vector.
 */
export class FlatParameters {
  readonly trainable: FlatVector<Parameter>;
  readonly frozen: FlatVector<Parameter>;
  readonly buffers: FlatVector<Buffer>;
  readonly segments: readonly Segment[];

  constructor(model: Module) {
    const all = [...model.parameters()];
    const groupOf = ([, { rate, decay }]: (typeof all)[number]) => `${rate} ${decay}`;
    const order = [...new Set(all.map(groupOf))];
    const trained = all.filter(([, { frozen }]) => !frozen);
    trained.sort((a, b) => order.indexOf(groupOf(a)) - order.indexOf(groupOf(b)));
    this.trainable = new FlatVector("parameters", trained);
    this.frozen = new FlatVector(
      "frozen",
      all.filter(([, { frozen }]) => frozen),
    );
    this.buffers = new FlatVector("buffers", model.buffers());
    this.segments = segmentsOf(this.trainable);
  }

  /** How many numbers are trained. */
  get size(): number {
    return this.trainable.size;
  }

  get #vectors(): readonly FlatVector<Parameter | Buffer>[] {
    return [this.trainable, ...[this.frozen, this.buffers].filter(({ size }) => size > 0)];
  }

  /** For each parameter and buffer leaf its piece of the vectors. */
  pieces(): Map<Tensor, Tensor> {
    return new Map(this.#vectors.flatMap((vector) => vector.pieces()));
  }

  /** The present values as vectors, by state name. @throws ModelError for a parameter without a value */
  values(): Record<string, NdArray> {
    return Object.fromEntries(this.#vectors.map((vector) => [vector.name, vector.values()]));
  }
}

function segmentsOf({ slots }: FlatVector<Parameter>): Segment[] {
  const segments: Segment[] = [];
  for (const { leaf, size } of slots) {
    const last = segments.at(-1);
    if (last && last.rate === leaf.rate && last.decay === leaf.decay) {
      segments[segments.length - 1] = { ...last, size: last.size + size };
    } else segments.push({ size, rate: leaf.rate, decay: leaf.decay });
  }
  return segments;
}
