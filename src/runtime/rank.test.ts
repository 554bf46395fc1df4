import { expect, it } from "vitest";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import type { Session } from "./backend.ts";
import { SUM } from "./engine.ts";
import type { Exchange } from "./exchange.ts";
import { nodeBackend } from "./node.ts";
import { exchangedSize, Rank } from "./rank.ts";

const sums = { [SUM.gradient]: 3 };

/** An exchange with a rank that has found twice as much. */
function withAnother(): Exchange {
  const mine = new Float32Array(exchangedSize(sums));
  return { ranks: 2, mine, sum: async () => mine.map((value) => 3 * value), giveUp: () => true };
}

/** Sessions that give these gradients, and that keep what an update was fed. */
function sessions(loss: number): { gradients: Session; update: Session; fed: Record<string, NdArray>[] } {
  const fed: Record<string, NdArray>[] = [];
  const answer = { [SUM.gradient]: array([1, -2, 3]), [SUM.loss]: array(loss), [SUM.weight]: array(2) };
  const session = { bytes: 0, release: async () => undefined };
  return {
    gradients: { ...session, run: async () => answer },
    update: {
      ...session,
      run: async (feeds) => {
        fed.push({ ...feeds, [SUM.gradient]: array(numbers(feeds[SUM.gradient] as NdArray)) });
        return {};
      },
    },
    fed,
  };
}

const state = nodeBackend.createState({ parameters: array([0, 0, 0]) });

it("feeds the sums of all ranks and the scalars to its update", async () => {
  const { gradients, update, fed } = sessions(5);
  const rank = new Rank({ sums, exchange: withAnother(), update, state });
  for (let step = 0; step < 2; step++) {
    expect(await rank.step(gradients, {}, { learningRate: 0.5 })).toEqual({ loss: 15, weight: 6 });
  }
  const feeds = { [SUM.gradient]: array([3, -6, 9]), [SUM.weight]: array(6), learningRate: array(0.5) };
  expect(fed).toEqual([feeds, feeds]);
});

it("makes no update from a loss that is no number", async () => {
  const { gradients, update, fed } = sessions(Number.NaN);
  const rank = new Rank({ sums, exchange: withAnother(), update, state });
  expect(await rank.step(gradients, {}, {})).toEqual({ loss: Number.NaN, weight: 6 });
  expect(fed).toEqual([]);
});
