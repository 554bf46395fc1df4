/** One line for each mechanism: its file, whose exports are public and among whose exports stands its row of the list. */
export * from "./additive.ts";
export * from "./concatenated-energies.ts";
export * from "./scaled-dot-product.ts";
export * from "./softmax.ts";
