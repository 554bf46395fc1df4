import { describe, expect, test } from "vitest";
import { MECHANISMS, type Mechanism } from "../attention/index.ts";
import { nodeBackend } from "../runtime/node.ts";
import { nodeEngine } from "../runtime/node-workers.ts";
import { type Demonstrated, demonstrate } from "./demonstrate.ts";

/** What every mechanism must reach on its own task, on problems that training has not seen. */
const LEAST = { accuracy: 0.95, onTarget: 0.8, lead: 0.3 };

const baselines = new Map<string, Promise<Demonstrated>>();

describe.each(MECHANISMS)("$name on its task ($example.task)", (mechanism) => {
  test("answers right, reads the keys that hold the answers, and beats uniform weights", async () => {
    const { accuracy, onTarget, uniform } = await demonstrate(mechanism, {
      createEngine: nodeEngine,
      backend: nodeBackend,
      baselines,
    });
    const found = `accuracy ${accuracy}, on target ${onTarget}, uniform ${uniform.accuracy} and ${uniform.onTarget}`;
    expect(accuracy, found).toBeGreaterThanOrEqual(LEAST.accuracy);
    expect(onTarget, found).toBeGreaterThanOrEqual(LEAST.onTarget);
    expect(accuracy - uniform.accuracy, found).toBeGreaterThanOrEqual(LEAST.lead);
  });
});

/** Weights that make the output, weights of several heads, and weights beside the way that the output goes. */
const WAYS = ["scaled-dot-product", "multi-head", "chunked"];

test.each(WAYS)("uniform weights of %s are equal on all allowed keys", async (name) => {
  const mechanism = MECHANISMS.find((mechanism) => mechanism.name === name) as Mechanism;
  expect(mechanism.example.task).toBe("content");
  const { uniform } = await demonstrate(mechanism, { createEngine: nodeEngine, backend: nodeBackend, steps: 1 });
  // Six keys or seven, as often.
  expect(uniform.onTarget).toBeGreaterThan(1 / 7);
  expect(uniform.onTarget).toBeLessThan(1 / 6);
});
