/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", section 3.3).
 * There is no hidden state. A stream is named by (seed, name), and a block of four 32-bit words by (step, index), so that
 * sharding, resuming and reordering change no number. `random.test.ts` holds the published test vectors.
 */

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** The high 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (cross >>> 16)) >>> 0;
}

/** One Philox4x32-10 block: four words from a 128-bit counter (four words) and a 64-bit key (two words), written into `out`. */
export function philox(counter: readonly number[], key: readonly number[], out: Uint32Array): void {
  let [c0, c1, c2, c3] = counter as [number, number, number, number];
  let [k0, k1] = key as [number, number];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * The high 32 bits of a product whose low ones are known. What a float64 product of 64 bits loses is less than half of its high
 * word's unit, so that rounding finds it; all words are taken and given as they are, signed or not.
 */
function highWord(a: number, b: number, low: number): number {
  return (((a >>> 0) * b - (low >>> 0)) * 2 ** -32 + 0.5) | 0;
}

/** So many numbers are made at once: two blocks. */
const STRIDE = 8;

/** What of an array is to be filled, from the first number of (index, step) on. */
export interface FillOptions {
  readonly start: number;
  readonly end: number;
  readonly index: number;
  readonly step: number;
}

/**
 * Uniform numbers from the blocks 0, 1, 2 … of (index, step), two blocks side by side, for neither waits for the other. Fills
 * as many strides as there is room for, and gives the place behind them.
 */
function fillStrides(out: Float32Array, key: readonly [number, number], fill: FillOptions): number {
  const { start, end, index, step } = fill;
  let at = start;
  for (let block = 0; at + STRIDE <= end; block += 2, at += STRIDE) {
    let a0 = block;
    let a1 = index | 0;
    let a2 = step | 0;
    let a3 = 0;
    let b0 = block + 1;
    let b1 = a1;
    let b2 = a2;
    let b3 = 0;
    let k0 = key[0] | 0;
    let k1 = key[1] | 0;
    for (let round = 0; round < 10; round++) {
      const aLow0 = Math.imul(MULTIPLIER_0, a0);
      const aLow1 = Math.imul(MULTIPLIER_1, a2);
      const bLow0 = Math.imul(MULTIPLIER_0, b0);
      const bLow1 = Math.imul(MULTIPLIER_1, b2);
      const aHigh0 = highWord(a0, MULTIPLIER_0, aLow0);
      const bHigh0 = highWord(b0, MULTIPLIER_0, bLow0);
      a0 = highWord(a2, MULTIPLIER_1, aLow1) ^ a1 ^ k0;
      b0 = highWord(b2, MULTIPLIER_1, bLow1) ^ b1 ^ k0;
      a1 = aLow1;
      b1 = bLow1;
      a2 = aHigh0 ^ a3 ^ k1;
      b2 = bHigh0 ^ b3 ^ k1;
      a3 = aLow0;
      b3 = bLow0;
      k0 = (k0 + WEYL_0) | 0;
      k1 = (k1 + WEYL_1) | 0;
    }
    out[at] = unit(a0);
    out[at + 1] = unit(a1);
    out[at + 2] = unit(a2);
    out[at + 3] = unit(a3);
    out[at + 4] = unit(b0);
    out[at + 5] = unit(b1);
    out[at + 6] = unit(b2);
    out[at + 7] = unit(b3);
  }
  return at;
}

/** A word as a number in [0, 1), a multiple of 2^−24: exact in float32. */
function unit(word: number): number {
  return (word >>> 8) / 0x1000000;
}

/** FNV-1a, 32 bits, over UTF-16 code units. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) value = Math.imul(value ^ name.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** A random stream: key (seed, hash of the name), counter (block, index, step, 0). */
export class Rng {
  readonly seed: number;
  readonly name: string;
  readonly #key: [number, number];
  readonly #counter: [number, number, number, number] = [0, 0, 0, 0];
  readonly #words: Uint32Array = new Uint32Array(4);
  #used = 4;

  /**
   * @param seed an integer from 0 to 2^32 − 1
   * @param name what the numbers are for; other names give independent numbers
   * @throws RangeError for any other seed
   */
  constructor(seed: number, name: string) {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new RangeError(`Rng: expected a seed from 0 to 4294967295 but found ${seed}`);
    }
    this.seed = seed;
    this.name = name;
    this.#key = [seed, hash(name)];
  }

  /** Moves to the first number of (index, step), both unsigned 32-bit; returns the stream itself. */
  at(index: number, step = 0): this {
    this.#counter[0] = 0;
    this.#counter[1] = index >>> 0;
    this.#counter[2] = step >>> 0;
    this.#used = 4;
    return this;
  }

  /** A uniform unsigned 32-bit integer. */
  word(): number {
    if (this.#used === 4) {
      philox(this.#counter, this.#key, this.#words);
      this.#counter[0]++;
      this.#used = 0;
    }
    return this.#words[this.#used++] as number;
  }

  /** A uniform number in [0, 1), a multiple of 2^−24: exact in float32. */
  uniform(): number {
    return unit(this.word());
  }

  /** Moves to (index, step), and fills elements `start` … `end` − 1 with what `uniform` gives, in little more than half of the time. */
  fill(out: Float32Array, options: FillOptions): this {
    const { start, end, index, step } = options;
    this.at(index, step);
    const at = fillStrides(out, this.#key, options);
    this.#counter[0] = (at - start) / 4;
    for (let i = at; i < end; i++) out[i] = this.uniform();
    return this;
  }

  /** A standard normal number (Box & Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A uniform integer from 0 to `count` − 1. The bias is at most count / 2^32. */
  integer(count: number): number {
    return Math.floor((this.word() / 0x100000000) * count);
  }

  /** One element, uniformly. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T;
  }

  /** A random order of 0 … count − 1 (Fisher & Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = order[i] as number;
      order[i] = order[j] as number;
      order[j] = swapped;
    }
    return order;
  }
}
