import { ModelError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import { product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { type Node, Tensor } from "../tensor/tensor.ts";
import type { FrameworkName, LayerParameters, Take } from "./frameworks/index.ts";
import type { Initializer } from "./initializers.ts";

export interface ParameterOptions {
  readonly initializer: Initializer;
  /** Whether weight decay applies; default: to everything but vectors (biases, norms). */
  readonly decay?: boolean;
  /** A frozen parameter gets no gradient and no optimiser state. Default: false. */
  readonly frozen?: boolean;
  /** Multiplies the learning rate. Default: 1. */
  readonly rate?: number;
}

function detachedNode(operator: string): Node & { outputs: Tensor[] } {
  return { operator, inputs: [], attributes: {}, outputs: [] };
}

/** A learned weight: a leaf of every graph that a module builds, float32. Its value is set by `initialize` or by loading. */
export class Parameter extends Tensor {
  readonly initializer: Initializer;
  readonly decay: boolean;
  readonly rate: number;
  frozen: boolean;
  value: NdArray | undefined;

  constructor(shape: readonly number[], { initializer, decay, frozen = false, rate = 1 }: ParameterOptions) {
    const node = detachedNode("Parameter");
    super(node, 0, { shape, dtype: "float32" });
    node.outputs.push(this);
    this.initializer = initializer;
    this.decay = decay ?? shape.length > 1;
    this.frozen = frozen;
    this.rate = rate;
  }
}

/** A value that a module keeps but does not learn (running statistics): a leaf, moved on by `update` while training. */
export class Buffer extends Tensor {
  value: NdArray;

  constructor(value: NdArray) {
    const node = detachedNode("Buffer");
    super(node, 0, { shape: value.shape, dtype: value.dtype });
    node.outputs.push(this);
    this.value = value;
  }
}

/**
 * Something with parameters: they are found by walking its fields, and named by their path (`encoder.forwardCell.bias`). Arrays and
 * plain objects are walked too (`blocks.0.weight`); private `#` fields, Maps and Sets are not.
 */
export abstract class Module {
  /**
   * Parameters by path, in field order. One that two paths reach stands under the first.
   *
   * @throws ModelError when two paths are spelt alike, `{ a: { b } }` and `"a.b"`
   */
  parameters(): Map<string, Parameter> {
    return collect(this, Parameter);
  }

  buffers(): Map<string, Buffer> {
    return collect(this, Buffer);
  }

  /**
   * Its parameters from another framework's tensors: for modules built on `nn/`, which its tables of layouts cannot know.
   * Undefined, unless a module says otherwise: each part is imported for itself.
   *
   * @param _take a tensor by its name below the module's own, in the framework's shape
   */
  importFrom(_framework: FrameworkName, _take: Take): LayerParameters | undefined {
    return undefined;
  }

  /** The modules inside, each after the one that holds it, and this one itself under the empty path. */
  modules(): Map<string, Module> {
    return collect(this, Module);
  }

  /** How many numbers the parameters hold. */
  get parameterCount(): number {
    return [...this.parameters().values()].reduce((sum, { shape }) => sum + product(shape as number[]), 0);
  }
}

/** Everything of a type that a module's fields reach, by path. @throws ModelError when two paths are spelt alike */
function collect<T extends object>(root: Module, type: abstract new (...args: never[]) => T): Map<string, T> {
  const found = new Map<T, string>();
  const seen = new Set<unknown>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof type) found.set(value, path);
    if (!(value instanceof Module) && !Array.isArray(value) && !isPlain(value)) return;
    for (const [name, field] of Object.entries(value)) walk(field, path ? `${path}.${name}` : name);
  };
  walk(root, "");
  const byPath = new Map<string, T>();
  for (const [value, path] of found) {
    if (byPath.has(path)) {
      const kind = `${type.name.toLowerCase()}s`;
      throw new ModelError(`Module: expected ${kind} of different paths but found ${path} twice; rename a field`);
    }
    byPath.set(path, value);
  }
  return byPath;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Gives every parameter that has no value its initial one: drawn from the stream (seed, path), so that adding a layer changes
 * no other layer's start.
 */
export function initialize(model: Module, seed: number): void {
  for (const [path, parameter] of model.parameters()) {
    if (parameter.value) continue;
    const shape = parameter.shape as readonly number[];
    const data = new Float32Array(product(shape));
    parameter.initializer(data, shape, new Rng(seed, path));
    parameter.value = { data, shape, dtype: "float32" };
  }
}
