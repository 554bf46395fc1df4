/** A list of numbers that grows: places in files larger than memory, and the tokens of those that are not. */
export class Numbers<Data extends Float64Array | Int32Array> {
  readonly #create: (length: number) => Data;
  #data: Data;
  #length = 0;

  constructor(create: (length: number) => Data) {
    this.#create = create;
    this.#data = create(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#data.length) {
      const grown = this.#create(2 * this.#length);
      grown.set(this.#data);
      this.#data = grown;
    }
    this.#data[this.#length++] = value;
  }

  at(i: number): number {
    return this.#data[i] as number;
  }

  /** A copy of some of them. */
  slice(start: number, end: number): Data {
    return this.#data.slice(start, end) as Data;
  }

  /** All of them, not to be written to, valid until the next `push`. */
  values(): Data {
    return this.#data.subarray(0, this.#length) as Data;
  }
}

/** Whole numbers up to 2^53: places in files. */
export function places(): Numbers<Float64Array> {
  return new Numbers((length) => new Float64Array(length));
}

/** Whole numbers up to 2^31: tokens and lengths. */
export function tokens(): Numbers<Int32Array> {
  return new Numbers((length) => new Int32Array(length));
}
