/**
 * A plane through vectors of many numbers, so that they can be seen and one of them dragged: the two directions in which they
 * differ most (principal components, Pearson 1901), through their mean.
 */
export interface Plane {
  readonly mean: readonly number[];
  /** Two directions of length 1 at a right angle to each other. */
  readonly axes: readonly [readonly number[], readonly number[]];
}

export type Point = readonly [x: number, y: number];

const ROUNDS = 60;

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

/** The plane of some vectors of one length. */
export function planeOf(vectors: readonly (readonly number[])[]): Plane {
  const width = vectors[0]?.length ?? 0;
  const mean = Array.from({ length: width }, (_, i) => {
    return vectors.reduce((sum, vector) => sum + (vector[i] as number), 0) / vectors.length;
  });
  const centred = vectors.map((vector) => vector.map((x, i) => x - (mean[i] as number)));
  const first = direction(centred, []);
  return { mean, axes: [first, direction(centred, [first])] };
}

/** The direction of most variance at a right angle to others, by power iteration. */
function direction(vectors: readonly (readonly number[])[], others: readonly (readonly number[])[]): number[] {
  const width = vectors[0]?.length ?? 0;
  const upright = (vector: readonly number[]) =>
    others.reduce<number[]>(
      (left, other) => {
        const along = dot(left, other);
        return left.map((x, i) => x - along * (other[i] as number));
      },
      [...vector],
    );
  // The longest vector is a start that is not at a right angle to what is sought, but by chance.
  const start = vectors
    .map(upright)
    .reduce((best, v) => (dot(v, v) > dot(best, best) ? v : best), upright(unit(width, 0)));
  let at = normal(start) ?? firstUnit(width, upright);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Array<number>(width).fill(0);
    for (const vector of vectors) {
      const along = dot(vector, at);
      for (let i = 0; i < width; i++) next[i] = (next[i] as number) + along * (vector[i] as number);
    }
    at = normal(upright(next)) ?? at;
  }
  return at;
}

const unit = (width: number, place: number) => Array.from({ length: width }, (_, i) => (i === place ? 1 : 0));

function firstUnit(width: number, upright: (vector: readonly number[]) => number[]): number[] {
  for (let place = 0; place < width; place++) {
    const found = normal(upright(unit(width, place)));
    if (found) return found;
  }
  return unit(width, 0);
}

function normal(vector: readonly number[]): number[] | undefined {
  const length = Math.sqrt(dot(vector, vector));
  return length > 1e-9 ? vector.map((x) => x / length) : undefined;
}

/** Where a vector stands on the plane. */
export function toPlane({ mean, axes }: Plane, vector: readonly number[]): Point {
  const centred = vector.map((x, i) => x - (mean[i] as number));
  return [dot(centred, axes[0]), dot(centred, axes[1])];
}

/** A vector moved along the plane to a point of it; what stands off the plane stays. */
export function moveTo(plane: Plane, vector: readonly number[], [x, y]: Point): number[] {
  const [fromX, fromY] = toPlane(plane, vector);
  const [right, up] = plane.axes;
  return vector.map((value, i) => value + (x - fromX) * (right[i] as number) + (y - fromY) * (up[i] as number));
}
