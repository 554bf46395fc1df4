/** A hash of 53 bits: two mixed 32-bit hashes of the UTF-16 units (FNV-1a, Fowler, Noll & Vo 1991, with other primes for the second). */
export function hashText(text: string): number {
  let [high, low] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  high ^= high >>> 16;
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}

/** A number from 0 to below 1 that a text always has. */
export function shareOf(text: string): number {
  let mixed = hashText(text) % 2 ** 32;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** Tells data from other data: texts, their roles, their order, and the part that they belong to. */
export class Fingerprint {
  #count = 0;
  #hash = 0;

  add(fields: Readonly<Record<string, string>>, part = ""): void {
    this.#count++;
    for (const [role, text] of Object.entries(fields)) {
      this.#hash = hashText(`${this.#hash} ${part}\t${role}\t${text}`);
    }
  }

  get text(): string {
    return `${this.#count}:${this.#hash.toString(16)}`;
  }
}
