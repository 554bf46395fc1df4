// Above 250 lines: a reader of graphs reads those inside nodes, too, by the names around them.
import { type Dim, formatShape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import { scanAxis, scanLength, scanParts } from "../tensor/operators/control-flow.ts";
import { OPERATORS, type Operator } from "../tensor/operators/index.ts";
import { MAX_RANK } from "../tensor/operators/operator.ts";
import { bodyInput, closeOver } from "../tensor/scan.ts";
import { type Attributes, apply, constant, input, type Node, type Tensor, type TensorType } from "../tensor/tensor.ts";
import type { GraphMessage, NodeMessage } from "./messages.ts";
import type { ReadModel } from "./read.ts";
import { readAttributes } from "./read-attribute.ts";
import { shown, within } from "./read-limits.ts";
import { MAX_SYMBOL, typeOf } from "./read-shape.ts";
import { tensorValue } from "./read-tensor.ts";

/** A domain by its short name. */
export function domainOf(domain: string): string {
  return domain === "ai.onnx" ? "" : domain;
}

/** What holds for the whole of a file, bodies included. */
export interface ReadScope {
  readonly opset: Readonly<Record<string, number>>;
  /** Most inputs, and outputs, of a node. */
  readonly edges: number;
  /** Most nodes. */
  readonly nodes: number;
  /** How often the nodes of bodies may run together. */
  readonly runs: number;
  /** Nodes read so far, and how often those of bodies run. */
  readonly counted: { nodes: number; runs: number };
}

/** What is around a body: the reader of that graph, and how often the body runs, as far as the file tells. */
interface Around {
  readonly outer?: GraphReader;
  readonly runs?: number;
}

/** Builds our graph from the messages of a model, node by node, in the order of the file. */
export class GraphReader {
  readonly #graph: GraphMessage;
  readonly #scope: ReadScope;
  readonly #outer: GraphReader | undefined;
  readonly #runs: number;
  readonly #values = new Map<string, Tensor>();
  readonly #made = new Set<Node>();

  constructor(graph: GraphMessage, scope: ReadScope, { outer, runs = 1 }: Around = {}) {
    this.#graph = graph;
    this.#scope = scope;
    this.#outer = outer;
    this.#runs = runs;
    const count = graph.node?.length ?? 0;
    scope.counted.nodes += count;
    within("nodes", scope.counted.nodes, scope.nodes);
    if (outer) scope.counted.runs += runs * Math.max(count, 1);
    within("runs of nodes in bodies", scope.counted.runs, scope.runs);
    if (graph.sparseInitializer?.length) {
      throw new ModelError("onnx: expected dense initialisers but found sparse ones; save them as dense tensors");
    }
  }

  read(): Pick<ReadModel, "inputs" | "outputs"> {
    this.#readInitializers();
    const inputs = this.#readInputs();
    this.#readNodes();
    return { inputs, outputs: this.#readOutputs() };
  }

  /** A body, whose inputs are of types that the node around it decides, and what it takes from outside. */
  readBody(types: readonly TensorType[]): ReturnType<typeof closeOver> {
    this.#readInitializers();
    const infos = this.#graph.input ?? [];
    if (infos.length !== types.length) {
      throw new ModelError(`onnx: expected a body with ${types.length} inputs but found ${infos.length}`);
    }
    const inputs = infos.map(({ name = "" }, i) => {
      const { shape, dtype } = types[i] as TensorType;
      const leaf = bodyInput(shown(name), shape, dtype);
      this.#define(name, leaf);
      return leaf;
    });
    this.#readNodes();
    const outputs = (this.#graph.output ?? []).map(({ name = "" }) => this.#value(name, "a body"));
    return closeOver(outputs, inputs, (node) => !this.#made.has(node));
  }

  #readInitializers(): void {
    for (const [index, message] of (this.#graph.initializer ?? []).entries()) {
      const name = message.name ?? "";
      this.#define(name, constant(tensorValue(message, `initialiser ${shown(name || String(index))}`)));
    }
  }

  #readNodes(): void {
    for (const [index, node] of (this.#graph.node ?? []).entries()) this.#readNode(node, index);
  }

  #readInputs(): Tensor[] {
    const defaults = new Set(this.#values.keys());
    const inputs: Tensor[] = [];
    for (const info of this.#graph.input ?? []) {
      const name = info.name ?? "";
      if (defaults.delete(name)) continue;
      const { shape, dtype } = typeOf(info);
      const tensor = input(name, shape, dtype);
      this.#define(name, tensor);
      inputs.push(tensor);
    }
    return inputs;
  }

  #readOutputs(): Record<string, Tensor> {
    const outputs = new Map<string, Tensor>();
    for (const { name = "" } of this.#graph.output ?? []) {
      if (outputs.has(name))
        throw new ModelError(`onnx: expected outputs of different names but found ${shown(name)} twice`);
      outputs.set(name, this.#value(name, "the graph"));
    }
    if (outputs.size === 0) throw new ModelError("onnx: expected a graph with outputs but found none");
    return Object.fromEntries(outputs);
  }

  #define(name: string, tensor: Tensor): void {
    if (name === "") throw new ModelError("onnx: expected every value to have a name but found one without");
    if (this.#find(name)) {
      throw new ModelError(`onnx: expected values of different names but found ${shown(name)} twice`);
    }
    this.#values.set(name, tensor);
  }

  #find(name: string): Tensor | undefined {
    const found = this.#values.get(name);
    return found || !this.#outer ? found : this.#outer.#find(name);
  }

  #value(name: string, owner: string): Tensor {
    const found = this.#find(name);
    if (found) return found;
    const later = this.#graph.node?.some((node) => node.output?.includes(name));
    const what = later ? "used before the node that makes it; sort the nodes" : "which nothing makes";
    throw new ModelError(
      `onnx: expected the inputs of ${owner} to be made before it but found ${shown(name)}, ${what}`,
    );
  }

  #readNode(node: NodeMessage, index: number): void {
    const owner = `node ${shown(node.name || String(index))} (${shown(node.opType ?? "")})`;
    const row = this.#rowOf(node, owner);
    const names = node.output ?? [];
    within(`inputs of ${owner}`, node.input?.length ?? 0, this.#scope.edges);
    within(`outputs of ${owner}`, names.length, this.#scope.edges);
    const inputs = (node.input ?? []).map((name) => (name === "" ? undefined : this.#value(name, owner)));
    const attributes = readAttributes(node, row, owner);
    const pieces = attributes.num_outputs;
    if (pieces !== undefined && pieces !== names.length) {
      throw new ModelError(`onnx: expected ${owner} to have num_outputs = ${names.length} outputs but found ${pieces}`);
    }
    const outputs = this.#outputsOf(node, row, { inputs, attributes, owner });
    if (names.length === 0 || names.length > outputs.length) {
      throw new ModelError(`onnx: expected ${owner} to have 1 to ${outputs.length} outputs but found ${names.length}`);
    }
    this.#made.add((outputs[0] as Tensor).node);
    for (const [i, tensor] of outputs.entries()) if (names[i]) this.#define(names[i], tensor);
  }

  #outputsOf(node: NodeMessage, row: Operator, { inputs, attributes, owner }: Application): readonly Tensor[] {
    if (node.opType === "Constant") return constantOf(attributes, owner);
    if (row.attributes.body?.[0] !== "graph") return infer(node, { inputs, attributes, owner });
    const graph = node.attribute?.find(({ name }) => name === "body")?.g;
    if (!graph) throw new ModelError(`onnx: expected ${owner} to have a body but found none`);
    const { types, length } = bodyTypes({ inputs, attributes, owner });
    const runs = this.#runs * (typeof length === "number" ? length : 1);
    const { body, captured } = new GraphReader(graph, this.#scope, { outer: this, runs }).readBody(types);
    return infer(node, {
      inputs: [...inputs, ...captured],
      attributes: { ...attributes, body, captured: captured.length },
      owner,
    });
  }

  /** The row of the table, where it has the meaning of the version that the model's operator set asks for. */
  #rowOf(node: NodeMessage, owner: string): Operator {
    const name = node.opType ?? "";
    const domain = domainOf(node.domain ?? "");
    const row = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (!row || (row.domain ?? "") !== domain) {
      throw new ModelError(
        `onnx: expected an operator of the table (fovea list operators) but found ${owner}${domain && ` of ${shown(domain)}`}`,
      );
    }
    const opset = Object.hasOwn(this.#scope.opset, domain) ? this.#scope.opset[domain] : undefined;
    const first = row.versions[0] as number;
    if (opset === undefined || opset < first) {
      throw new ModelError(
        `onnx: expected ${shown(domain || "ai.onnx")} of version ${first} or later for ${owner} but found ${opset ?? "none"}; ` +
          "convert the model to a later operator set",
      );
    }
    return row;
  }
}

function constantOf(attributes: Attributes, owner: string): Tensor[] {
  if (attributes.value === undefined) throw new ModelError(`onnx: expected ${owner} to have a value but found none`);
  return [constant(attributes.value as NdArray)];
}

interface Application {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Attributes;
  readonly owner: string;
}

/** Types of what a `Scan` hands to its body, states as they are and elements of what is scanned; and how many steps it takes. */
function bodyTypes({ inputs, attributes, owner }: Application): { types: TensorType[]; length: Dim } {
  const given = inputs.map((tensor) => {
    if (!tensor) throw new ModelError(`onnx: expected ${owner} to have all its inputs but found one left out`);
    return tensor;
  });
  const count = attributes.num_scan_inputs as number | undefined;
  if (!Number.isSafeInteger(count) || (count as number) < 1 || (count as number) > given.length) {
    throw new ModelError(`onnx: expected ${owner} to scan 1 to ${given.length} inputs but found ${count ?? "none"}`);
  }
  const { states, scanned } = scanParts(given, attributes);
  return fitting(owner, () => {
    const elements = scanned.map(({ shape, dtype }, i) => {
      const axis = scanAxis(attributes, "scan_input_axes", i, shape.length);
      return { shape: shape.toSpliced(axis, 1), dtype };
    });
    return { types: [...states, ...elements], length: scanLength(scanned, attributes) };
  });
}

/** What a shape rule has against the inputs becomes an error of the model. */
function fitting<T>(owner: string, rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    throw new ModelError(`onnx: expected ${owner} to fit its inputs but found: ${(error as Error).message}`);
  }
}

function infer(node: NodeMessage, { inputs, attributes, owner }: Application): readonly Tensor[] {
  const count = Math.max(1, node.output?.length ?? 0);
  const outputs = fitting(owner, () => apply(node.opType as string, inputs, attributes, count));
  for (const { shape } of outputs) {
    if (shape.length > MAX_RANK || shape.some((dim) => typeof dim === "string" && dim.length > MAX_SYMBOL)) {
      throw new ModelError(
        `onnx: expected ${owner} to give up to ${MAX_RANK} short dimensions but found ${formatShape(shape).slice(0, 99)}…`,
      );
    }
  }
  return outputs;
}
