/**
 * What an attention head does, as numbers: how its weights are spread, how far they reach, and how well they fit the patterns
 * that heads are known for (K. Clark, U. Khandelwal, O. Levy, C. D. Manning, "What does BERT look at?", BlackboxNLP 2019,
 * section 3; E. Voita and others, "Analyzing multi-head self-attention", ACL 2019, section 5).
 */

/** One head's weights, row-major rows × columns. */
export interface HeadWeights {
  readonly weights: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Scores from 0 to 1. Below, i is a row (query), j a column (key), w the weight after its row is scaled to sum to 1, n the keys
 * that the row can see (in a causal map, where nothing above the diagonal has weight, i + 1; else all), and *mean* goes over
 * the rows that have any weight.
 *
 * - `previous`: mean of w[i][i − 1], rows i ≥ 1; 0 on maps that are not square
 * - `next`: mean of w[i][i + 1], all rows but the last; 0 on maps that are not square
 * - `diagonal`: mean of the weight on the straight line from the first cell to the last: w[i][i] on a square map; on others all
 *   keys whose nearest row, round(j · (rows − 1) / (columns − 1)), is i, or with fewer keys than rows the one nearest key; 0 on
 *   maps of one row or column, which have no such line
 * - `first`: mean of w[i][0] over rows i ≥ 1 (a causal first row has no other choice)
 * - `separator`: mean of Σ w[i][j] over keys j ≥ 1 that are separators, see `isSeparator`
 * - `uniform`: mean of (Σ min(w[i][j], 1/n) − 1/n) / (1 − 1/n), rows with n ≥ 2: what the row shares with an even spread, 0
 *   where all weight is on one key
 * - `broad`: mean of H(row) / log₂ n, rows with n ≥ 2, H in bits: how much of the largest entropy it has
 */
export interface HeadBadges {
  readonly previous: number;
  readonly next: number;
  readonly diagonal: number;
  readonly first: number;
  readonly separator: number;
  readonly uniform: number;
  readonly broad: number;
}

export type BadgeName = keyof HeadBadges;

export interface HeadFacts {
  readonly badges: HeadBadges;
  /** Mean entropy of the rows, in bits. */
  readonly entropy: number;
  /** Mean of Σ w[i][j] · |j − i·(columns − 1)/(rows − 1)|: keys between where a row stands and where it looks. */
  readonly distance: number;
}

/** From this score on a badge is shown. */
export const BADGE_FROM = 0.4;

const SPECIAL = new Set(["[sep]", "</s>", "<sep>", "<eos>", "<|endoftext|>", "<|im_end|>", "<|eot_id|>"]);

/** Whether a token parts others: a mark of punctuation, or a special token that ends a text. Marks of word pieces are ignored. */
export function isSeparator(token: string): boolean {
  const text = token.replace(/^(?:##|[▁Ġ ])+/u, "").trim();
  return SPECIAL.has(text.toLowerCase()) || /^\p{P}+$/u.test(text);
}

/** Whether nothing above the diagonal of a square map has weight. */
function isCausal({ weights, rows, columns }: HeadWeights): boolean {
  if (rows !== columns || rows < 2) return false;
  for (let row = 0; row < rows; row++) {
    for (let i = row * columns + row + 1; i < (row + 1) * columns; i++) if ((weights[i] as number) > 0) return false;
  }
  return true;
}

/** A mean that is 0 of nothing. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  get value(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }
}

/** Weight of a row on the straight line from the first cell to the last. */
function onDiagonal({ weights, rows, columns }: HeadWeights, row: number): number {
  const start = row * columns;
  if (rows === columns) return weights[start + row] as number;
  if (columns < rows) {
    return weights[start + Math.round((row * (columns - 1)) / Math.max(1, rows - 1))] as number;
  }
  const step = (rows - 1) / (columns - 1);
  let sum = 0;
  for (let column = 0; column < columns; column++) {
    if (Math.round(column * step) === row) sum += weights[start + column] as number;
  }
  return sum;
}

interface RowSpread {
  readonly bits: number;
  readonly distance: number;
  /** Σ min(w, 1/n) over the keys that it can see. */
  readonly shared: number;
}

/** One pass over a row; sums are divided by its total only at the end: Σ p·log p = Σ w·log w / total − log total. */
function spreadOf(
  { weights, rows, columns }: HeadWeights,
  { row, total, seen }: { row: number; total: number; seen: number },
): RowSpread {
  const start = row * columns;
  const place = rows > 1 ? (row * (columns - 1)) / (rows - 1) : 0;
  const even = total / seen;
  let [logs, distance, shared] = [0, 0, 0];
  for (let column = 0; column < seen; column++) {
    const weight = weights[start + column] as number;
    if (weight <= 0) continue;
    logs += weight * Math.log(weight);
    distance += weight * Math.abs(column - place);
    shared += weight < even ? weight : even;
  }
  const bits = (Math.log(total) - logs / total) / Math.LN2;
  return { bits: Math.max(0, bits), distance: distance / total, shared: shared / total };
}

/** The facts of one head; `columnTokens` tell which keys are separators. */
export function headFacts(head: HeadWeights, columnTokens: readonly string[] = []): HeadFacts {
  const { weights, rows, columns } = head;
  const causal = isCausal(head);
  const isSquare = rows === columns;
  const separators = columnTokens.flatMap((token, place) =>
    place > 0 && place < columns && isSeparator(token) ? [place] : [],
  );
  const mean = (): Mean => new Mean();
  const means = { previous: mean(), next: mean(), diagonal: mean(), first: mean() };
  const spread = { separator: mean(), uniform: mean(), broad: mean(), entropy: mean(), distance: mean() };
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let total = 0;
    for (let i = start; i < start + columns; i++) total += weights[i] as number;
    if (!(total > 0)) continue;
    const at = (column: number) => (weights[start + column] as number) / total;
    if (isSquare && row > 0) means.previous.add(at(row - 1));
    if (isSquare && row < rows - 1) means.next.add(at(row + 1));
    if (rows > 1 && columns > 1) means.diagonal.add(onDiagonal(head, row) / total);
    if (row > 0 || rows === 1) means.first.add(at(0));
    spread.separator.add(separators.reduce((sum, column) => sum + at(column), 0));
    const seen = causal ? row + 1 : columns;
    const { bits, distance, shared } = spreadOf(head, { row, total, seen });
    spread.entropy.add(bits);
    spread.distance.add(distance);
    if (seen < 2) continue;
    spread.uniform.add(Math.max(0, (shared - 1 / seen) / (1 - 1 / seen)));
    spread.broad.add(Math.min(1, bits / Math.log2(seen)));
  }
  const badges = {
    ...{ previous: means.previous.value, next: means.next.value, diagonal: means.diagonal.value },
    ...{ first: means.first.value, separator: spread.separator.value },
    ...{ uniform: spread.uniform.value, broad: spread.broad.value },
  };
  return { badges, entropy: spread.entropy.value, distance: spread.distance.value };
}

/** Badges that are shown, the highest score first. */
export function shownBadges(badges: HeadBadges, from: number = BADGE_FROM): { name: BadgeName; score: number }[] {
  return Object.entries(badges)
    .map(([name, score]) => ({ name: name as BadgeName, score: score as number }))
    .filter(({ score }) => score >= from)
    .sort((a, b) => b.score - a.score);
}
