import { formatShape, multiplyDims, sameShape } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import { concat, constant, full, type Tensor, where } from "../tensor/tensor.ts";
import { requireFractions } from "./options.ts";

/** A loss as the sum over examples (or tokens) and the weight that it is to be divided by, so that parts can be added. */
export interface WeightedLoss {
  /** Scalar: the sum. */
  readonly sum: Tensor;
  /** Scalar: how many examples or tokens the sum counts. */
  readonly weight: Tensor;
}

export interface CrossEntropyOptions {
  readonly ignore?: number;
  readonly rowWeight?: Tensor;
  readonly smoothing?: number;
  readonly uniform?: number;
}

/** Rows of logits above this size are taken in pieces: the log-probabilities of all rows need not exist at once. */
const LARGEST_PIECE_BYTES = 64 * 2 ** 20;

/**
 * Cross-entropy of integer labels: −log softmax(logits)[label], summed over the rows that count.
 *
 * With label smoothing ε the target is (1 − ε) on the label and ε / classes on every class (Szegedy et al. 2015, section 7).
 *
 * @param logits `[... classes]`
 * @param labels `[...]` int32 or int64, each in 0 … classes − 1, or `ignore`, or `uniform`; a run does not check them
 * @param options.ignore rows with this label count nothing (padding); default: none
 * @param options.rowWeight `[...]` float32, multiplies each row's loss and weight; default: 1
 * @param options.smoothing ε, default 0
 * @param options.uniform rows with this label have every class as their target alike, less that target's own entropy, so that
 *   the least loss is 0: inputs without an answer teach doubt (outlier exposure, Hendrycks et al. 2018, section 3); default: none
 * @throws ShapeError when labels are not integers, or differ from the logits in their leading axes; RangeError unless 0 ≤ ε < 1
 */
export function crossEntropy(logits: Tensor, labels: Tensor, options: CrossEntropyOptions = {}): WeightedLoss {
  if (labels.dtype !== "int32" && labels.dtype !== "int64") {
    throw new ShapeError(
      `crossEntropy: expected labels to be int32 or int64 but found ${labels.dtype}; use cast("int32")`,
    );
  }
  requireSame("crossEntropy", "labels", labels, logits.shape.slice(0, -1));
  if (options.rowWeight) requireSame("crossEntropy", "rowWeight", options.rowWeight, labels.shape);
  requireFractions("crossEntropy", { smoothing: options.smoothing ?? 0 });
  const classes = logits.dim(-1);
  const rows = multiplyDims(labels.shape);
  const flat = logits.reshape([rows, classes]);
  const targets = labels.reshape([rows]);
  const counted = rowWeights(targets, rows, options);
  const perRow = rowLosses(flat, targets, options);
  return { sum: perRow.mul(counted).sum(), weight: counted.sum() };
}

function rowWeights(
  targets: Tensor,
  rows: Tensor["shape"][number],
  { ignore, rowWeight }: CrossEntropyOptions,
): Tensor {
  const given = rowWeight ? rowWeight.reshape([rows]) : full([rows], 1);
  return ignore === undefined ? given : where(targets.equal(ignore), 0, given);
}

function rowLosses(logits: Tensor, targets: Tensor, options: CrossEntropyOptions): Tensor {
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
  const { ignore, uniform, smoothing = 0 } = options;
  const safe = [ignore, uniform].reduce<Tensor>((labels, label) => {
    return label === undefined ? labels : where(labels.equal(label), constant(0, labels.dtype), labels);
  }, targets);
  const logProbabilities = logits.logSoftmax(-1);
  const chosen = logProbabilities.gatherElements(safe.unsqueeze(-1), -1).squeeze(-1);
  const even = logProbabilities.mean({ axes: -1 });
  const smoothed = smoothing === 0 ? chosen : chosen.mul(1 - smoothing).add(even.mul(smoothing));
  if (uniform === undefined) return smoothed.neg();
  return where(targets.equal(uniform), even.add(Math.log(classes as number)), smoothed).neg();
}

function requireSame(owner: string, name: string, { shape }: Tensor, expected: Tensor["shape"]): void {
  if (!sameShape(shape, expected)) {
    throw new ShapeError(
      `${owner}: expected ${name} to have shape ${formatShape(expected)} but found ${formatShape(shape)}`,
    );
  }
}

/** Sum and count of a loss that each element has one of; `rowWeight` `[batch]` multiplies both for each row of the first axis. */
function perElement(owner: string, losses: Tensor, rowWeight: Tensor | undefined): WeightedLoss {
  const count = (shape: Tensor["shape"]) =>
    shapeTensor([multiplyDims(shape)])
      .squeeze(0)
      .cast(losses.dtype);
  if (!rowWeight) return { sum: losses.sum(), weight: count(losses.shape) };
  requireSame(owner, "rowWeight", rowWeight, losses.shape.slice(0, 1));
  const weight = rowWeight.unsqueeze(losses.shape.slice(1).map((_, i) => i + 1));
  return { sum: losses.mul(weight).sum(), weight: rowWeight.sum().mul(count(losses.shape.slice(1))) };
}

/**
 * (prediction − target)², summed over all elements; the weight is their number.
 *
 * @param predictions `[batch ...]`
 * @param targets of the same shape
 * @param options.rowWeight `[batch]` float32, multiplies each row's losses and weight; default: 1
 * @throws ShapeError when the shapes differ
 */
export function meanSquaredError(
  predictions: Tensor,
  targets: Tensor,
  options: { rowWeight?: Tensor } = {},
): WeightedLoss {
  requireSame("meanSquaredError", "targets", targets, predictions.shape);
  const difference = predictions.sub(targets);
  return perElement("meanSquaredError", difference.mul(difference), options.rowWeight);
}

/**
 * Cross-entropy of yes-or-no targets t ∈ [0, 1], from logits x: −t log σ(x) − (1 − t) log(1 − σ(x)) = softplus(x) − t x, which no
 * logit makes infinite. Summed over all elements; the weight is their number.
 *
 * @param logits `[batch ...]`
 * @param targets float32 of the same shape
 * @param options.rowWeight `[batch]` float32, multiplies each row's losses and weight; default: 1
 * @throws ShapeError when the shapes differ
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  options: { rowWeight?: Tensor } = {},
): WeightedLoss {
  requireSame("binaryCrossEntropy", "targets", targets, logits.shape);
  return perElement("binaryCrossEntropy", logits.softplus().sub(targets.mul(logits)), options.rowWeight);
}
