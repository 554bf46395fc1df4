/** Where a value stands in its text, `end` being the place after it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a text is no JSON: the place of the first character that cannot be, which is its length where it ends too early. */
export class JsonFault {
  readonly at: number;
  readonly isTooDeep: boolean;

  constructor(at: number, isTooDeep: boolean) {
    this.at = at;
    this.isTooDeep = isTooDeep;
  }
}

/** Objects and lists in one another, at most. */
export const MOST_DEPTH = 500;

/**
 * The places of the members of a JSON object (RFC 8259), by name, of two with one name the last; or where the text is no JSON.
 * `JSON.parse` is for the values: it tells no place that could be relied on, and of a long number (an identifier) only the
 * first digits are left.
 */
export function jsonMembers(text: string): ReadonlyMap<string, Span> | JsonFault {
  try {
    return new Scanner(text).scan();
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
}

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Scanner {
  readonly #text: string;
  readonly #members = new Map<string, Span>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): ReadonlyMap<string, Span> {
    this.#value(0);
    this.#skip(BLANK);
    if (this.#at < this.#text.length) this.#fail();
    return this.#members;
  }

  #value(depth: number): Span {
    this.#skip(BLANK);
    if (depth > MOST_DEPTH) this.#fail(true);
    const start = this.#at;
    const sign = this.#text[start];
    if (sign === "{") this.#object(depth);
    else if (sign === "[") this.#list(depth);
    else if (sign === '"') this.#string();
    else if (!this.#skip(NUMBER) && !this.#skip(WORD)) this.#fail();
    return { start, end: this.#at };
  }

  #object(depth: number): void {
    this.#at++;
    if (this.#next("}")) return;
    do {
      this.#skip(BLANK);
      const start = this.#at;
      this.#string();
      const name = JSON.parse(this.#text.slice(start, this.#at)) as string;
      this.#expect(":");
      const span = this.#value(depth + 1);
      if (depth === 0) this.#members.set(name, span);
    } while (this.#next(","));
    this.#expect("}");
  }

  #list(depth: number): void {
    this.#at++;
    if (this.#next("]")) return;
    do {
      this.#value(depth + 1);
    } while (this.#next(","));
    this.#expect("]");
  }

  #string(): void {
    if (this.#text[this.#at] !== '"') this.#fail();
    this.#at++;
    for (let sign = this.#text[this.#at]; sign !== '"'; sign = this.#text[this.#at]) {
      if (sign === undefined || sign < " " || (sign === "\\" && !this.#skip(ESCAPE))) this.#fail();
      else if (sign !== "\\") this.#at++;
    }
    this.#at++;
  }

  /** Goes on after a sign if that comes next. */
  #next(sign: string): boolean {
    this.#skip(BLANK);
    const isThere = this.#text[this.#at] === sign;
    if (isThere) this.#at++;
    return isThere;
  }

  #expect(sign: string): void {
    if (!this.#next(sign)) this.#fail();
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const isThere = pattern.test(this.#text);
    if (isThere) this.#at = pattern.lastIndex;
    return isThere;
  }

  #fail(isTooDeep = false): never {
    throw new JsonFault(this.#at, isTooDeep);
  }
}
