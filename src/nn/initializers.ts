import { formatShape } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { product } from "../tensor/nd-array.ts";
import type { Rng } from "../tensor/random.ts";

/** Fills `data`, row-major of `shape` (input dimension first), with a parameter's initial value. */
export type Initializer = (data: Float32Array, shape: readonly number[], rng: Rng) => void;

function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const fanOut = shape.at(-1) ?? 1;
  return { fanIn: shape.length > 1 ? product(shape.slice(0, -1)) : fanOut, fanOut };
}

export function zerosInitializer(): Initializer {
  return (data) => data.fill(0);
}

export function constantInitializer(value: number): Initializer {
  return (data) => data.fill(value);
}

/** Uniform on ±√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010, equation 16). */
export function glorot(): Initializer {
  return (data, shape, rng) => {
    const { fanIn, fanOut } = fans(shape);
    fillUniform(data, Math.sqrt(6 / (fanIn + fanOut)), rng);
  };
}

/** Normal with standard deviation √(2 / fanIn), for rectified units (He et al. 2015, equation 10). */
export function he(): Initializer {
  return (data, shape, rng) => fillNormal(data, Math.sqrt(2 / fans(shape).fanIn), rng);
}

export function normal(deviation: number): Initializer {
  return (data, _, rng) => fillNormal(data, deviation, rng);
}

export function uniform(bound: number): Initializer {
  return (data, _, rng) => fillUniform(data, bound, rng);
}

/**
 * Random matrices with orthonormal rows or columns, whichever are fewer (Saxe et al. 2013, section 3), one for each of
 * `blocks` equal groups of columns (an LSTM's four gates).
 */
export function orthogonal({ blocks = 1 }: { blocks?: number } = {}): Initializer {
  return (data, shape, rng) => {
    const columns = blockWidth("orthogonal", shape, blocks);
    const rows = product(shape.slice(0, -1));
    for (let block = 0; block < blocks; block++) {
      const matrix = orthonormal(rows, columns, rng);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          data[row * columns * blocks + block * columns + column] = matrix[row * columns + column] as number;
        }
      }
    }
  };
}

/** @throws ShapeError when the last dimension has no such blocks */
function blockWidth(owner: string, shape: readonly number[], blocks: number): number {
  const columns = (shape.at(-1) as number) / blocks;
  if (!Number.isInteger(columns)) {
    throw new ShapeError(`${owner}: expected ${blocks} blocks of columns but found ${formatShape(shape)}`);
  }
  return columns;
}

/** Another initialiser, applied to each of `blocks` equal groups of columns as a matrix of its own. */
export function perBlock(blocks: number, initializer: Initializer): Initializer {
  return (data, shape, rng) => {
    const columns = blockWidth("perBlock", shape, blocks);
    const rows = data.length / columns / blocks;
    const part = new Float32Array(rows * columns);
    for (let block = 0; block < blocks; block++) {
      initializer(part, [...shape.slice(0, -1), columns], rng);
      for (let row = 0; row < rows; row++) {
        data.set(part.subarray(row * columns, (row + 1) * columns), (row * blocks + block) * columns);
      }
    }
  };
}

/** Zeros, and ones in block `block` of `blocks`: an LSTM's forget gate starts open (Gers et al. 2000). */
export function gateBias(block: number, blocks: number): Initializer {
  return (data) => {
    const size = data.length / blocks;
    data.fill(0).fill(1, block * size, (block + 1) * size);
  };
}

function fillUniform(data: Float32Array, bound: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) data[i] = (2 * rng.uniform() - 1) * bound;
}

function fillNormal(data: Float32Array, deviation: number, rng: Rng): void {
  for (let i = 0; i < data.length; i++) data[i] = rng.normal() * deviation;
}

/** Gram–Schmidt, twice for accuracy, on normal vectors. */
function orthonormal(rows: number, columns: number, rng: Rng): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, () => rng.normal()));
  for (const [i, vector] of vectors.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of vectors.slice(0, i)) {
        const overlap = dot(vector, earlier);
        for (let k = 0; k < length; k++) vector[k] = (vector[k] as number) - overlap * (earlier[k] as number);
      }
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let k = 0; k < length; k++) vector[k] = (vector[k] as number) / norm;
  }
  const at = (row: number, column: number) =>
    rows <= columns ? vectors[row]?.[column] : (vectors[column]?.[row] as number);
  return Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns) as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
