/** Small models as messages, of which tests change a part: `y = Relu(x)`, with x of length 3, at operator set 18. */
import { encode, type GraphMessage, type ModelMessage, type NodeMessage, type ValueInfoMessage } from "./messages.ts";

export const opsetImport: ModelMessage["opsetImport"] = [{ version: 18 }];

export function info(name: string, dim: { dimValue?: number; dimParam?: string }[], elemType = 1): ValueInfoMessage {
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

export const x: ValueInfoMessage = info("x", [{ dimValue: 3 }]);
export const y: ValueInfoMessage = info("y", []);
export const relu: NodeMessage = { opType: "Relu", input: ["x"], output: ["y"] };

export function model(graph: GraphMessage, rest: ModelMessage = {}): Uint8Array {
  return encode("Model", { opsetImport, graph: { input: [x], output: [y], ...graph }, ...rest } as ModelMessage);
}
