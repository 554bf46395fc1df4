import { type Hypothesis, hypothesisOf, lengthPenalty, type Prefix, pathOf, scoreOf } from "./hypothesis.ts";
import type { Plan } from "./options.ts";
import { drawToken } from "./sample.ts";
import { type LogitRow, likeliest } from "./softmax.ts";
import type { StepOutput } from "./step-decoder.ts";

/** What is told of a row: its number among those that are decoded, its name in the random numbers, and its limits. */
export interface Row {
  readonly row: number;
  readonly place: number;
  readonly maxLen: number;
  readonly sourceLen: number | undefined;
}

/** A token that may be written after one of the live prefixes. */
interface Candidate {
  readonly parent: number;
  readonly token: number;
  readonly logProbability: number;
  readonly total: number;
}

interface Scored {
  readonly prefix: Prefix;
  readonly score: number;
}

/** What a step made of a row. */
export interface Advance {
  readonly written: readonly Prefix[];
  /** Which of the prefixes that were live each of those that now are goes on from. */
  readonly parents: readonly number[];
}

/**
 * The search of one row, which knows nothing of the others. After each step the `beam` likeliest continuations are kept. Those with END
 * leave, and are scored; the others are live, and the beam is as wide for them as before. Where tokens are drawn, each of `best` prefixes
 * goes on by itself.
 */
export class RowSearch {
  live: readonly Prefix[];
  readonly sourceLen: number | undefined;
  readonly #plan: Plan;
  readonly #row: Row;
  /** The best that ended, at most `best`, the best first; of equal ones, the earlier. */
  readonly #ended: Scored[] = [];
  readonly #cut: Scored[] = [];
  readonly #largestPenalty: number;

  constructor(plan: Plan, row: Row, start: number) {
    this.#plan = plan;
    this.#row = row;
    this.sourceLen = row.sourceLen;
    this.#largestPenalty = lengthPenalty(row.maxLen, plan.lengthPenalty);
    const lanes = plan.sample ? plan.best : 1;
    this.live = Array.from({ length: lanes }, (_, lane) => ({
      token: start,
      logProbability: 0,
      total: 0,
      length: 0,
      lane,
    }));
  }

  /**
   * Takes in what the decoder answered to the last tokens of `live`, the first of which is its row `first`.
   *
   * @throws ModelError for logits that are not finite
   */
  advance(output: StepOutput<unknown>, { first, rows }: { first: number; rows: number }): Advance {
    const before = this.live;
    const candidates = this.#candidates(output.logits, first);
    const written = candidates.map(({ parent, ...candidate }): Prefix => {
      const { length, lane } = before[parent] as Prefix;
      const attention = this.#attention(output, { row: first + parent, rows });
      return { ...candidate, parent: before[parent] as Prefix, length: length + 1, attention, lane };
    });
    for (const prefix of written) {
      if (prefix.token === this.#plan.end) this.#rank(this.#ended, prefix);
      else if (prefix.length === this.#row.maxLen) this.#rank(this.#cut, prefix);
    }
    const staying = written.flatMap((prefix, i) => (this.#isLive(prefix) ? [i] : []));
    this.live = staying.map((i) => written[i] as Prefix);
    return { written, parents: staying.map((i) => (candidates[i] as Candidate).parent) };
  }

  /** The best so far: those that ended, then those that were cut. */
  hypotheses(): Hypothesis[] {
    const give = (ended: boolean) => (scored: Scored) => hypothesisOf(scored.prefix, { score: scored.score, ended });
    return [...this.#ended.map(give(true)), ...this.#cut.map(give(false))].slice(0, this.#plan.best);
  }

  /**
   * A prefix goes on unless it cannot overtake any of the `best` that ended. Its log p can only fall, and is divided by lp(maxLen) at the
   * most, and the coverage penalty is never above 0: `log p / lp(maxLen)` bounds the score of all that may become of it. What leaves for
   * this changes no answer, though it makes room in the beam: what moves up is less likely still, and so has a lower bound.
   */
  #isLive({ token, length, total }: Prefix): boolean {
    if (token === this.#plan.end || length === this.#row.maxLen) return false;
    const worst = this.#ended[this.#plan.best - 1];
    return !worst || total / this.#largestPenalty > worst.score;
  }

  #candidates(logits: Float32Array, first: number): Candidate[] {
    const { beam, sample } = this.#plan;
    const candidates = this.live.flatMap((prefix, parent) => {
      const at = this.#logits(logits, { from: first + parent, prefix });
      const found = sample ? this.#draw(at, prefix) : this.#likeliest(at, prefix);
      if (found.length === 0) this.#rank(this.#cut, prefix);
      return found.map((candidate) => ({ ...candidate, parent, total: prefix.total + candidate.logProbability }));
    });
    if (sample) return candidates;
    return candidates.sort((a, b) => b.total - a.total || a.token - b.token || a.parent - b.parent).slice(0, beam);
  }

  #likeliest(at: LogitRow, prefix: Prefix): Pick<Candidate, "token" | "logProbability">[] {
    const { tokens, normalizer } = likeliest(at, this.#plan.beam, this.#forbidden(prefix));
    return tokens.map((token) => ({ token, logProbability: (at.logits[at.from + token] as number) - normalizer }));
  }

  #draw(at: LogitRow, prefix: Prefix): Pick<Candidate, "token" | "logProbability">[] {
    const { sample, streams } = this.#plan;
    if (!sample) return [];
    const rng = streams[prefix.lane]?.at(this.#row.place, prefix.length);
    const drawn = rng && drawToken(at, { sample, forbidden: this.#forbidden(prefix), rng });
    return drawn ? [drawn] : [];
  }

  #logits(logits: Float32Array, { from, prefix }: { from: number; prefix: Prefix }): LogitRow {
    const { vocabulary } = this.#plan;
    return { logits, from: from * vocabulary, vocabulary, row: this.#row.row, written: prefix.length };
  }

  #attention(
    { attention }: StepOutput<unknown>,
    { row, rows }: { row: number; rows: number },
  ): Float32Array | undefined {
    if (!attention) return undefined;
    const width = attention.length / rows;
    // A copy: the decoder may write its next step's weights into the same memory.
    return attention.slice(row * width, row * width + (this.sourceLen ?? width));
  }

  #forbidden(prefix: Prefix): ReadonlySet<number> {
    const { banned, minLen, noRepeatNgram, end } = this.#plan;
    const isTooShort = prefix.length + 1 < minLen;
    const repeats = prefix.length >= noRepeatNgram ? repeatsAfter(pathOf(prefix), noRepeatNgram) : [];
    return isTooShort || repeats.length > 0 ? new Set([...banned, ...repeats, ...(isTooShort ? [end] : [])]) : banned;
  }

  #rank(list: Scored[], prefix: Prefix): void {
    const score = scoreOf(prefix, this.#plan);
    const place = list.findIndex((other) => other.score < score);
    list.splice(place < 0 ? list.length : place, 0, { prefix, score });
    list.length = Math.min(list.length, this.#plan.best);
  }
}

/** Tokens that would end a run of `size` tokens that is already there. */
function repeatsAfter(path: readonly Prefix[], size: number): number[] {
  const tokens = path.map(({ token }) => token);
  const last = tokens.slice(tokens.length - size + 1);
  return tokens.filter((_, i) => i >= size - 1 && last.every((token, j) => token === tokens[i - size + 1 + j]));
}
