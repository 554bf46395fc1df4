import { readFileSync } from "node:fs";
import { readSafetensors } from "../../src/data/safetensors.ts";
import type { NdArray } from "../../src/tensor/nd-array.ts";

export type Named = ReadonlyMap<string, NdArray>;

/** A fixture of test/goldens: its README names the keys. */
export interface Golden {
  readonly inputs: Named;
  readonly weights: Named;
  readonly outputs: Named;
  readonly cotangents: Named;
  /** By the weights' names, and by `input.NAME`. */
  readonly gradients: Named;
  readonly metadata: Readonly<Record<string, string>>;
}

export function readGolden(name: string): Golden {
  const { tensors, metadata } = readSafetensors(
    readFileSync(new URL(`../goldens/${name}.safetensors`, import.meta.url)),
  );
  const below = (prefix: string): Named =>
    new Map(
      [...tensors].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])),
    );
  return {
    inputs: below("input."),
    weights: below("weight."),
    outputs: below("output."),
    cotangents: below("cotangent."),
    gradients: below("gradient."),
    metadata,
  };
}
