import { multiplyDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { concat, constant, full, type Tensor, where } from "../tensor/tensor.ts";

/** A loss as the sum over examples (or tokens) and the weight that it is to be divided by, so that parts can be added. */
export interface WeightedLoss {
  /** Scalar: the sum. */
  readonly sum: Tensor;
  /** Scalar: how many examples or tokens the sum counts. */
  readonly weight: Tensor;
}

/** Rows of logits above this size are taken in pieces: the log-probabilities of all rows need not exist at once. */
const LARGEST_PIECE_BYTES = 64 * 2 ** 20;

/**
 * Cross-entropy of integer labels: −log softmax(logits)[label], summed over the rows that count.
 *
 * With label smoothing ε the target is (1 − ε) on the label and ε / classes on every class (Szegedy et al. 2015, section 7).
 *
 * @param logits `[... classes]`
 * @param labels `[...]` int32
 * @param options.ignore rows with this label count nothing (padding); default: none
 * @param options.rowWeight `[...]` float32, multiplies each row's loss and weight; default: 1
 * @param options.smoothing ε, default 0
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  options: { ignore?: number; rowWeight?: Tensor; smoothing?: number } = {},
): WeightedLoss {
  if (labels.rank !== logits.rank - 1) {
    throw new ShapeError(`crossEntropy: expected labels of rank ${logits.rank - 1} but found shape [${labels.shape}]`);
  }
  const classes = logits.dim(-1);
  const rows = multiplyDims(labels.shape);
  const flat = logits.reshape([rows, classes]);
  const targets = labels.reshape([rows]);
  const counted = rowWeights(targets, rows, options);
  const perRow = rowLosses(flat, targets, options);
  return { sum: perRow.mul(counted).sum(), weight: counted.sum() };
}

type Options = { ignore?: number; rowWeight?: Tensor; smoothing?: number };

function rowWeights(targets: Tensor, rows: Tensor["shape"][number], { ignore, rowWeight }: Options): Tensor {
  const given = rowWeight ? rowWeight.reshape([rows]) : full([rows], 1);
  return ignore === undefined ? given : where(targets.equal(ignore), 0, given);
}

function rowLosses(logits: Tensor, targets: Tensor, options: Options): Tensor {
  const [rows, classes] = logits.shape;
  if (typeof rows === "number" && typeof classes === "number" && rows > 1) {
    const pieces = Math.min(rows, Math.ceil((rows * classes * 4) / LARGEST_PIECE_BYTES));
    if (pieces > 1) {
      const sizes = Array.from(
        { length: pieces },
        (_, i) => Math.floor(((i + 1) * rows) / pieces) - Math.floor((i * rows) / pieces),
      );
      const labels = targets.split(sizes, 0);
      return concat(
        logits.split(sizes, 0).map((piece, i) => rowLosses(piece, labels[i] as Tensor, options)),
        0,
      );
    }
  }
  const { ignore, smoothing = 0 } = options;
  const safe = ignore === undefined ? targets : where(targets.equal(ignore), constant(0, targets.dtype), targets);
  const logProbabilities = logits.logSoftmax(-1);
  const chosen = logProbabilities.gatherElements(safe.unsqueeze(-1), -1).squeeze(-1);
  if (smoothing === 0) return chosen.neg();
  return chosen
    .mul(1 - smoothing)
    .add(logProbabilities.mean({ axes: -1 }).mul(smoothing))
    .neg();
}
