import { type Faithfulness, faithfulness } from "./faithfulness.ts";

/** Inputs that are read at a time. */
const AT_ONCE = 64;

export interface RemovalInput {
  /** How much each token was attended on. The last tokens, which are not given weights here, are never taken away. */
  readonly weights: readonly number[];
  /** What the model reads: the tokens with a weight, then those that stay. */
  readonly ids: Int32Array;
  /** log p of the model's own answer, for each of these inputs. */
  readonly score: (inputs: readonly Int32Array[]) => Promise<readonly number[]>;
}

/** How far weights agree with what happens to the answer when tokens are left out of the text. */
export function faithfulnessByRemoval({ weights, ids, score }: RemovalInput): Promise<Faithfulness> {
  return faithfulness({
    weights,
    logProbabilities: async (removed) => {
      const inputs = removed.map((places) => {
        const isGone = new Set(places);
        return ids.filter((_, i) => !isGone.has(i));
      });
      const scores: number[] = [];
      for (let start = 0; start < inputs.length; start += AT_ONCE) {
        scores.push(...(await score(inputs.slice(start, start + AT_ONCE))));
      }
      return scores;
    },
  });
}
