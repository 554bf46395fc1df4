import type { Rng } from "../../tensor/random.ts";
import type { SampleOptions } from "./options.ts";
import { decay, type LogitRow, likeliest } from "./softmax.ts";

/** Tokens, and a weight for each. Plain loops over plain numbers: there may be tens of thousands. */
interface Lot {
  readonly tokens: ArrayLike<number>;
  readonly weights: Float64Array;
}

/** A token drawn, with log p that the model itself gives it. */
export interface Drawn {
  readonly token: number;
  readonly logProbability: number;
}

/**
 * Draws a token with p ∝ e^(logit / temperature), of those that are not forbidden: of the `topK` likeliest (Fan et al. 2018, "Hierarchical
 * Neural Story Generation", section 5.4), and of these, of the fewest whose share is `topP` or more (Holtzman et al. 2020, "The Curious
 * Case of Neural Text Degeneration", section 3.1).
 *
 * @returns undefined where all are forbidden
 * @throws ModelError for a logit that is not finite
 */
export function drawToken(
  at: LogitRow,
  { sample, forbidden, rng }: { sample: SampleOptions; forbidden: ReadonlySet<number>; rng: Rng },
): Drawn | undefined {
  const { temperature = 1, topK = at.vocabulary, topP = 1 } = sample;
  const isOpen = topK >= at.vocabulary;
  const { tokens, normalizer } = likeliest(at, isOpen ? 1 : topK, forbidden);
  const [first] = tokens;
  if (first === undefined) return undefined;
  const logits = at.logits.subarray(at.from, at.from + at.vocabulary);
  const open = isOpen ? everyToken(at.vocabulary) : tokens;
  const lot = weigh(logits, open, { largest: logits[first] as number, temperature });
  if (isOpen) for (const token of forbidden) lot.weights[token] = 0;
  const token = drawFrom(topP < 1 ? nucleus(lot, topP) : lot, fineUniform(rng));
  return { token, logProbability: (logits[token] as number) - normalizer };
}

function everyToken(vocabulary: number): Int32Array {
  const tokens = new Int32Array(vocabulary);
  for (let token = 0; token < vocabulary; token++) tokens[token] = token;
  return tokens;
}

function weigh(
  logits: Float32Array,
  tokens: ArrayLike<number>,
  { largest, temperature }: { largest: number; temperature: number },
): Lot {
  const weights = new Float64Array(tokens.length);
  for (let i = 0; i < weights.length; i++) {
    const distance = (largest - (logits[tokens[i] as number] as number)) / temperature;
    weights[i] = decay(Math.min(distance, Number.MAX_VALUE));
  }
  return { tokens, weights };
}

/** The fewest tokens that make up a share, the lower of equal ones. */
function nucleus({ tokens, weights }: Lot, share: number): Lot {
  const sum = total(weights);
  // Those that are rarer have less than 1 − share together, so none of them is needed: most of a vocabulary need not be sorted.
  const rare = ((1 - share) * sum) / weights.length;
  const places: number[] = [];
  for (let place = 0; place < weights.length; place++) if ((weights[place] as number) >= rare) places.push(place);
  const weight = (place: number) => weights[place] as number;
  places.sort((a, b) => weight(b) - weight(a) || a - b);
  let [count, found] = [0, 0];
  while (count < places.length && found < share * sum) found += weight(places[count++] as number);
  const kept = places.slice(0, count);
  return { tokens: kept.map((place) => tokens[place] as number), weights: Float64Array.from(kept, weight) };
}

/** A uniform number in [0, 1), a multiple of 2^−53: of a large vocabulary, many tokens are rarer than 2^−24. */
function fineUniform(rng: Rng): number {
  return ((rng.word() >>> 5) * 2 ** 26 + (rng.word() >>> 6)) / 2 ** 53;
}

/** The token at which the running sum of the weights passes a share of the whole. */
function drawFrom({ tokens, weights }: Lot, share: number): number {
  const target = share * total(weights);
  let sum = 0;
  let last = 0;
  for (let place = 0; place < weights.length && sum <= target; place++) {
    sum += weights[place] as number;
    // Rounded up, the target may be the whole, which is never passed: then it is the last that weighs anything.
    if ((weights[place] as number) > 0) last = place;
  }
  return tokens[last] as number;
}

function total(weights: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < weights.length; place++) sum += weights[place] as number;
  return sum;
}
