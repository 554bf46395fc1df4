import { expect, it } from "vitest";
import { array } from "../tensor/nd-array.ts";
import type { Session } from "./backend.ts";
import { SUM } from "./engine.ts";
import type { Exchange } from "./exchange.ts";
import { nodeBackend } from "./node.ts";
import { exchangedSize, Rank } from "./rank.ts";
import type { Vectors } from "./update.ts";

const sums = { [SUM.gradient]: 3 };

/** An exchange with a rank that has found twice as much. */
function withAnother(): Exchange {
  const mine = new Float32Array(exchangedSize(sums));
  return { ranks: 2, mine, sum: async () => mine.map((value) => 3 * value), giveUp: () => true };
}

/** A session that gives these gradients, and an update that keeps what it was given. */
function parts(loss: number) {
  const fed: object[] = [];
  const answer = { [SUM.gradient]: array([1, -2, 3]), [SUM.loss]: array(loss), [SUM.weight]: array(2) };
  const release = async () => undefined;
  const gradients: Session = { bytes: 0, run: async () => answer, release };
  const run = async (found: Vectors, scalars: object) => {
    fed.push({ gradient: [...(found[SUM.gradient] as Float32Array)], scalars });
  };
  return { gradients, update: { run, release }, fed };
}

const state = nodeBackend.createState({ parameters: array([0, 0, 0]) });

it("feeds the sums of all ranks and the scalars to its update", async () => {
  const { gradients, update, fed } = parts(5);
  const rank = new Rank({ sums, exchange: withAnother(), update, state });
  for (let step = 0; step < 2; step++) {
    expect(await rank.step(gradients, {}, { learningRate: 0.5 })).toEqual({ loss: 15, weight: 6 });
  }
  const given = { gradient: [3, -6, 9], scalars: { [SUM.weight]: 6, learningRate: 0.5 } };
  expect(fed).toEqual([given, given]);
});

it("makes no update from a loss that is no number", async () => {
  const { gradients, update, fed } = parts(Number.NaN);
  const rank = new Rank({ sums, exchange: withAnother(), update, state });
  expect(await rank.step(gradients, {}, {})).toEqual({ loss: Number.NaN, weight: 6 });
  expect(fed).toEqual([]);
});
