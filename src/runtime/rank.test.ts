import { describe, expect, it } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import type { Session } from "./backend.ts";
import { SUM } from "./engine.ts";
import { nodeBackend } from "./node.ts";
import { giveUp, Rank, shareMemory } from "./rank.ts";

/** Sessions that give these gradients, and that keep what an update was fed. */
function sessions(): { gradients: Session; update: Session; fed: Record<string, NdArray>[] } {
  const fed: Record<string, NdArray>[] = [];
  const answer = { [SUM.gradient]: array([1, -2, 3]), [SUM.loss]: array(5), [SUM.weight]: array(2) };
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

const sums = { [SUM.gradient]: 3 };
const state = nodeBackend.createState({ parameters: array([0, 0, 0]) });

describe("a rank", () => {
  it("feeds the sums of all ranks and the scalars to its update", async () => {
    const { gradients, update, fed } = sessions();
    const rank = new Rank({ rank: 0, ranks: 1, sums, memory: shareMemory(1, sums), update, state });
    for (let step = 0; step < 3; step++) {
      expect(await rank.step(gradients, {}, { learningRate: 0.5 })).toEqual({ loss: 5, weight: 2 });
    }
    const feeds = { [SUM.gradient]: array([1, -2, 3]), [SUM.weight]: array(2), learningRate: array(0.5) };
    expect(fed).toEqual([feeds, feeds, feeds]);
  });

  it("does not wait for another that has given up, and makes no update then", async () => {
    const { gradients, update, fed } = sessions();
    const memory = shareMemory(2, sums);
    const rank = new Rank({ rank: 0, ranks: 2, sums, memory, update, state });
    const step = rank.step(gradients, {}, {});
    expect([giveUp(memory), giveUp(memory)]).toEqual([true, false]);
    await expect(step).rejects.toThrow(new ModelError("workers: expected all to finish a step but one failed"));
    expect(fed).toEqual([]);
  });

  it("lets events in while it waits", async () => {
    const { gradients, update } = sessions();
    const memory = shareMemory(2, sums);
    const rank = new Rank({ rank: 0, ranks: 2, sums, memory, update, state });
    setTimeout(() => giveUp(memory), 1);
    await expect(rank.step(gradients, {}, {})).rejects.toThrow(
      new ModelError("workers: expected all to finish a step but one failed"),
    );
  });
});
