// Above 250 lines: names, bodies and messages share what has been written.
import { type Dim, isUnknown } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import type { DType, NdArray } from "../tensor/nd-array.ts";
import { operatorNamed } from "../tensor/operators/index.ts";
import type { AttributeValue, Body, Node, Tensor } from "../tensor/tensor.ts";
import { DATA_TYPES } from "./data-types.ts";
import {
  type AttributeMessage,
  encode,
  type GraphMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from "./messages.ts";

/** The operator set that exports use, unless a graph needs a newer one. */
export const DEFAULT_OPSET = 18;

export interface WriteOptions {
  /** Declared inputs, in order; default: the inputs that the outputs use. */
  readonly inputs?: readonly Tensor[];
  /** Version of `ai.onnx`; default 18. */
  readonly opset?: number;
  /** Written to `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Names of leaves (parameters) for their initialisers; their values. */
  readonly initializers?: ReadonlyMap<Tensor, { readonly name: string; readonly value: NdArray }>;
}

/**
 * A graph as the bytes of an ONNX model.
 *
 * Leaves: `Input` becomes a graph input, `Constant` an initialiser, `Dim` a `Shape` of the input that carries the symbol; any
 * other leaf must be among `initializers`.
 *
 * @throws ModelError for a leaf without a value, for two things of one name, and for an operator that `opset` does not have yet
 */
export function writeModel(outputs: Outputs, options: WriteOptions = {}): Uint8Array {
  return new Writer(outputs, options).write();
}

class Writer {
  readonly #outputs: Outputs;
  readonly #options: WriteOptions;
  readonly #order: Node[];
  readonly #names = new Map<Tensor, string>();
  /** Nodes whose tensors can be read by name where the writer is. */
  readonly #written = new Set<Node>();
  /** Nodes of the graph; and of the body that is being written, where one is. */
  readonly #nodes: NodeMessage[] = [];
  #under: NodeMessage[] = this.#nodes;
  readonly #initializers: TensorMessage[] = [];
  readonly #symbols = new Map<string, { tensor: Tensor; axis: number }>();
  readonly #taken = new Set<string>();
  #count = 0;

  constructor(outputs: Outputs, options: WriteOptions) {
    this.#outputs = outputs;
    this.#options = options;
    this.#order = sortNodes(Object.values(outputs));
  }

  write(): Uint8Array {
    const used = this.#order.filter((node) => node.operator === "Input").map((node) => node.outputs[0] as Tensor);
    const inputs = this.#options.inputs ?? used;
    this.#takeNames(inputs);
    for (const tensor of inputs) {
      this.#names.set(tensor, tensor.node.attributes.name as string);
      for (const [axis, dim] of tensor.shape.entries()) {
        if (typeof dim === "string" && !this.#symbols.has(dim)) this.#symbols.set(dim, { tensor, axis });
      }
    }
    this.#nameOutputs();
    for (const node of this.#order) this.#writeNode(node);
    for (const [name, tensor] of Object.entries(this.#outputs)) {
      if (this.#names.get(tensor) === name && tensor.node.operator !== "Input") continue;
      this.#nodes.push({ opType: "Identity", input: [this.#nameOf(tensor)], output: [name] });
    }
    const domains = domainsOf(this.#order);
    return encode("Model", {
      irVersion: 10,
      producerName: "fovea",
      graph: {
        name: "fovea",
        node: this.#nodes,
        initializer: this.#initializers,
        input: inputs.map((tensor) => valueInfo(this.#nameOf(tensor), tensor)),
        output: Object.entries(this.#outputs).map(([name, tensor]) => valueInfo(name, tensor)),
      },
      opsetImport: [
        { domain: "", version: this.#opset },
        ...(domains.has("com.microsoft") ? [{ domain: "com.microsoft", version: 1 }] : []),
      ],
      metadata: Object.entries(this.#options.metadata ?? {}).map(([key, value]) => ({ key, value })),
    });
  }

  get #opset(): number {
    return this.#options.opset ?? DEFAULT_OPSET;
  }

  /** Names that come from outside must differ, and no name of ours may be one of them. */
  #takeNames(inputs: readonly Tensor[]): void {
    const weights = this.#order.map(({ outputs: [leaf] }) => this.#options.initializers?.get(leaf as Tensor)?.name);
    const names = [
      ...inputs.map(({ node }) => node.attributes.name as string),
      ...Object.keys(this.#outputs),
      ...weights.filter((name) => name !== undefined),
    ];
    for (const name of names) {
      if (this.#taken.has(name)) {
        throw new ModelError(
          `onnx: expected inputs, outputs and weights of different names but found ${name} twice; rename one`,
        );
      }
      this.#taken.add(name);
    }
  }

  /** An output carries its name itself where it is computed and wanted once; else an `Identity` copies it. */
  #nameOutputs(): void {
    for (const [name, tensor] of Object.entries(this.#outputs)) {
      if (tensor.node.inputs.length > 0 && !this.#names.has(tensor)) this.#names.set(tensor, name);
    }
  }

  #nameOf(tensor: Tensor): string {
    const known = this.#names.get(tensor);
    if (known !== undefined) return known;
    const name = this.#newName();
    this.#names.set(tensor, name);
    return name;
  }

  #newName(): string {
    let name: string;
    do name = `t${this.#count++}`;
    while (this.#taken.has(name));
    return name;
  }

  #writeNode(node: Node): void {
    if (this.#written.has(node)) return;
    this.#written.add(node);
    const first = node.outputs[0] as Tensor;
    if (node.operator === "Input") {
      if (this.#names.has(first)) return;
      throw new ModelError(`onnx: expected every input among \`inputs\` but found ${node.attributes.name} outside`);
    }
    if (node.operator === "Constant") {
      this.#initializers.push(tensorMessage(this.#nameOf(first), node.attributes.value as NdArray));
    } else if (node.operator === "Dim") {
      this.#writeDim(first, node.attributes.symbol as string);
    } else if (node.inputs.length === 0) {
      const known = this.#options.initializers?.get(first);
      if (!known) throw new ModelError(`onnx: expected a value for every ${node.operator} but found one without`);
      this.#names.set(first, known.name);
      this.#initializers.push(tensorMessage(known.name, known.value));
    } else this.#writeOperator(node);
  }

  #writeOperator(node: Node): void {
    const row = operatorNamed(node.operator);
    const since = row.versions[0] as number;
    if (!row.domain && since > this.#opset) {
      throw new ModelError(
        `onnx: expected operators of opset ${this.#opset} but found ${node.operator} (since ${since}); raise --opset`,
      );
    }
    const message = {
      opType: node.operator,
      ...(row.domain ? { domain: row.domain } : {}),
      input: declaredInputs(node).map((tensor) => (tensor ? this.#nameOf(tensor) : "")),
      output: node.outputs.map((tensor) => this.#nameOf(tensor)),
      attribute: Object.entries(row.attributes).flatMap(([name, [type, fallback]]) => {
        const value = node.attributes[name];
        if (type === "graph") return [{ name, g: this.#writeBody(node, value as Body), type: 5 }];
        return value === undefined || value === fallback ? [] : [attributeMessage(name, type, value)];
      }),
    };
    this.#under.push(message);
  }

  /**
   * The graph inside a node. What it takes from outside goes by its name there, as ONNX has it; its constants and dimensions are
   * the outer graph's. The rest is forgotten afterwards: the outer graph may compute the same tensors for itself.
   */
  #writeBody(node: Node, { inputs, outputs }: Body): GraphMessage {
    const outer = this.#under;
    const local = sortNodes(outputs).filter((inner) => !this.#written.has(inner) && !isGlobal(inner));
    const tensors = new Set([...inputs, ...local.flatMap((inner) => inner.outputs)]);
    const outerNames = [...tensors].map((tensor) => [tensor, this.#names.get(tensor)] as const);
    for (const tensor of tensors) this.#names.delete(tensor);
    const own = inputs.slice(0, declaredInputs(node).length);
    for (const [i, leaf] of inputs.entries()) {
      this.#names.set(leaf, i < own.length ? this.#newName() : this.#nameOf(node.inputs[i] as Tensor));
    }
    const nodes: NodeMessage[] = [];
    this.#under = nodes;
    for (const inner of sortNodes(outputs)) this.#writeNode(inner);
    const results = outputs.map((tensor, i) => {
      const isOwn = tensor.node.inputs.length > 0 && tensors.has(tensor) && outputs.indexOf(tensor) === i;
      if (isOwn) return valueInfo(this.#nameOf(tensor), tensor);
      const name = this.#newName();
      nodes.push({ opType: "Identity", input: [this.#nameOf(tensor)], output: [name] });
      return valueInfo(name, tensor);
    });
    const declared = own.map((leaf) => valueInfo(this.#nameOf(leaf), leaf));
    this.#under = outer;
    for (const inner of local) this.#written.delete(inner);
    for (const [tensor, name] of outerNames) {
      if (name === undefined) this.#names.delete(tensor);
      else this.#names.set(tensor, name);
    }
    return { name: "body", node: nodes, input: declared, output: results };
  }

  #writeDim(tensor: Tensor, symbol: string): void {
    const found = this.#symbols.get(symbol);
    if (!found) throw new ModelError(`onnx: expected an input with the dimension ${symbol} but found none`);
    this.#nodes.push({
      opType: "Shape",
      input: [this.#nameOf(found.tensor)],
      output: [this.#nameOf(tensor)],
      attribute: [attributeMessage("start", "int", found.axis), attributeMessage("end", "int", found.axis + 1)],
    });
  }
}

/** The inputs that ONNX knows of: not what a body takes from outside, nor what only a gradient reads. */
function declaredInputs({ inputs, attributes }: Node): Node["inputs"] {
  if (attributes.pullback) return inputs.slice(0, 1);
  return inputs.slice(0, inputs.length - ((attributes.captured as number | undefined) ?? 0));
}

/** Written into the outermost graph, wherever they are read. */
function isGlobal({ operator, inputs }: Node): boolean {
  return inputs.length === 0 && operator !== "Input";
}

/** The operator sets that nodes need, those of their bodies too. */
function domainsOf(nodes: readonly Node[]): Set<string | undefined> {
  return new Set(
    nodes.flatMap((node) => {
      if (node.inputs.length === 0) return [];
      const { body } = node.attributes as { body?: Body };
      return [operatorNamed(node.operator).domain, ...(body ? domainsOf(sortNodes(body.outputs)) : [])];
    }),
  );
}

function valueInfo(name: string, { shape, dtype }: Tensor): ValueInfoMessage {
  const dim = (size: Dim) =>
    typeof size === "number" ? { dimValue: size } : isUnknown(size) ? {} : { dimParam: size };
  return { name, type: { tensorType: { elemType: DATA_TYPES[dtype], shape: { dim: shape.map(dim) } } } };
}

export function tensorMessage(name: string, { data, shape, dtype }: NdArray): TensorMessage {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: [...shape], dataType: DATA_TYPES[dtype], rawData };
}

function attributeMessage(name: string, type: string, value: AttributeValue): AttributeMessage {
  switch (type) {
    case "int":
      return { name, i: value as number, type: 2 };
    case "float":
      return { name, f: value as number, type: 1 };
    case "string":
      return { name, s: value as string, type: 3 };
    case "tensor":
      return { name, t: tensorMessage("", value as NdArray), type: 4 };
    case "floats":
      return { name, floats: value as number[], type: 6 };
    case "ints":
      return { name, ints: value as number[], type: 7 };
    case "dtype":
      return { name, i: DATA_TYPES[value as DType], type: 2 };
    default:
      return { name, strings: value as string[], type: 8 };
  }
}
