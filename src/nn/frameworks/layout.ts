import type { Shape } from "../../tensor/dim.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { concat } from "../../tensor/tensor.ts";
import type { Module, Parameter } from "../module.ts";

/** A framework's tensor by its name below the layer's own, in the framework's shape. */
export type Take = (name: string, shape: Shape) => Tensor;

/** A layer's parameters, each with how it is made from the framework's tensors. */
export type LayerParameters = readonly (readonly [Parameter | undefined, Tensor])[];

/** One row of a framework's table: how a kind of layer's parameters are made from the framework's tensors. */
export interface Layout {
  readonly layer: abstract new (...args: never[]) => Module;
  readonly parameters: (layer: Module, take: Take) => LayerParameters;
}

/** A framework's names and layouts. */
export interface Framework {
  readonly name: string;
  /** A module's path in the framework's spelling, from our fields' names. */
  readonly path: (fields: readonly string[]) => string;
  /** What stands between a path and a name. */
  readonly separator: string;
  readonly layouts: readonly Layout[];
}

/** A row of the table, with the type of its layer. */
export function layout<L extends Module>(
  layer: abstract new (...args: never[]) => L,
  parameters: (layer: L, take: Take) => LayerParameters,
): Layout {
  return { layer, parameters: (found, take) => parameters(found as L, take) };
}

/** The equal blocks of an axis in another order: block `order[i]` comes to place i. */
export function reorder(x: Tensor, order: readonly number[], axis: number): Tensor {
  const size = (x.dim(axis) as number) / order.length;
  const blocks = x.split(new Array(order.length).fill(size), axis);
  return concat(
    order.map((from) => blocks[from] as Tensor),
    axis,
  );
}

/** Dimensions of a weight `[inputDim outputDim]`. */
export function sizesOf(weight: Tensor): [number, number] {
  return weight.shape as [number, number];
}
