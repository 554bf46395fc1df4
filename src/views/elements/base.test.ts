import { expect, test } from "vitest";
import { FoveaAttentionMap, FoveaHeadGrid } from "../index.ts";
import { define } from "./base.ts";

/** Runs in Node, where there is no registry, and in Chromium, where there is one. */
const registry = globalThis.customElements as CustomElementRegistry | undefined;

test("the elements can be imported anywhere, and are registered where there is a registry", () => {
  expect(typeof FoveaAttentionMap).toBe("function");
  expect(registry?.get("fovea-attention-map")).toBe(registry && FoveaAttentionMap);
  expect(registry?.get("fovea-head-grid")).toBe(registry && FoveaHeadGrid);
});

test("a name that is taken stays as it is", () => {
  expect(() => define("fovea-attention-map", FoveaHeadGrid)).not.toThrow();
  expect(registry?.get("fovea-attention-map")).toBe(registry && FoveaAttentionMap);
});
