import { ModelError } from "../tensor/errors.ts";
import type { AttributeSpec, Operator } from "../tensor/operators/index.ts";
import type { Attributes, AttributeValue } from "../tensor/tensor.ts";
import type { AttributeMessage, NodeMessage } from "./messages.ts";
import { shown } from "./read-limits.ts";
import { dtypeNumbered, fromNumbers, tensorValue } from "./read-tensor.ts";

/** AttributeProto.AttributeType of our kinds of attributes. */
const TYPES: Readonly<Record<AttributeSpec[0], number>> = {
  float: 1,
  int: 2,
  dtype: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
};

type ValueType = Exclude<AttributeSpec[0], "graph">;

/** A field that protobuf left out is zero or empty. */
function attributeValue(message: AttributeMessage, type: ValueType, owner: string): AttributeValue {
  switch (type) {
    case "int":
      return message.i ?? 0;
    case "float":
      return message.f ?? 0;
    case "string":
      return message.s ?? "";
    case "ints":
      return message.ints ?? [];
    case "floats":
      return message.floats ?? [];
    case "strings":
      return message.strings ?? [];
    case "dtype":
      return dtypeNumbered(owner, message.i);
    case "tensor":
      if (!message.t) throw new ModelError(`onnx: expected ${owner} to be a tensor but found none`);
      return tensorValue(message.t, owner);
  }
}

/** The number attributes that `Constant` may have in place of `value`. */
const CONSTANT_FORMS: Readonly<Record<string, (message: AttributeMessage) => AttributeValue>> = {
  value_float: ({ f = 0 }) => fromNumbers([f], [], "float32"),
  value_int: ({ i = 0 }) => fromNumbers([i], [], "int64"),
  value_floats: ({ floats = [] }) => fromNumbers(floats, [floats.length], "float32"),
  value_ints: ({ ints = [] }) => fromNumbers(ints, [ints.length], "int64"),
};

/**
 * The attributes of a node by the row of its operator.
 *
 * @throws ModelError for an attribute that the operator has not, of another type, or given twice
 */
export function readAttributes(node: NodeMessage, row: Operator, owner: string): Attributes {
  const found = new Map<string, AttributeValue>();
  const seen = new Set<string>();
  for (const message of node.attribute ?? []) {
    const name = message.name ?? "";
    const form = node.opType === "Constant" && Object.hasOwn(CONSTANT_FORMS, name) ? CONSTANT_FORMS[name] : undefined;
    const spec = Object.hasOwn(row.attributes, name) ? row.attributes[name] : undefined;
    const key = form ? "value" : name;
    if ((!spec && !form) || seen.has(key)) {
      const known = Object.keys(row.attributes).join(", ") || "none";
      throw new ModelError(
        `onnx: expected ${owner} to have the attributes (${known}), each once, but found ${shown(name)}`,
      );
    }
    seen.add(key);
    if (message.refAttrName) {
      throw new ModelError(
        `onnx: expected ${owner} to have a value for ${name} but found a reference; inline functions`,
      );
    }
    if (spec && message.type !== undefined && message.type !== TYPES[spec[0]]) {
      throw new ModelError(
        `onnx: expected ${name} of ${owner} to be of type ${spec[0]} but found type ${message.type}`,
      );
    }
    const type = spec?.[0];
    // A body is read with the scope around it.
    if (type === "graph") continue;
    found.set(key, form ? form(message) : attributeValue(message, type as ValueType, `${name} of ${owner}`));
  }
  return Object.fromEntries(found);
}
