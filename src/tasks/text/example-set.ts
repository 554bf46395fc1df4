import type { ExampleFiles, RawExample, Spans } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import { type Numbers, places, tokens } from "./numbers.ts";

/** An example as a network takes it. */
export interface Encoding {
  readonly source: Int32Array;
  readonly target: Int32Array;
}

export type Encode = (fields: Readonly<Record<string, string>>) => Encoding;

/**
 * Encoded examples of a file: held in memory, or, of a large file, only where each stands and how long it is, and read again
 * whenever it is wanted. Both give the same.
 */
export class ExampleSet {
  readonly #files: ExampleFiles;
  readonly #encode: Encode;
  readonly #spans: Numbers<Float64Array> | undefined;
  readonly #tokens = tokens();
  readonly #starts = places();
  readonly #sourceLens = tokens();
  readonly #targetLens = tokens();
  #width = 0;

  constructor(files: ExampleFiles, { encode, inMemory }: { encode: Encode; inMemory: boolean }) {
    this.#files = files;
    this.#encode = encode;
    this.#spans = inMemory ? undefined : places();
  }

  /** How messages name the file. */
  get name(): string {
    return this.#files.name;
  }

  get count(): number {
    return this.#sourceLens.length;
  }

  /** How many tokens each example has, in its source and its target. */
  get lengths(): { source: Int32Array; target: Int32Array } {
    return { source: this.#sourceLens.values(), target: this.#targetLens.values() };
  }

  /** Takes an example in, unless `isWanted` says no to it. */
  add({ fields, spans }: RawExample, isWanted: (encoding: Encoding) => boolean = () => true): boolean {
    const encoding = this.#encode(fields);
    if (!isWanted(encoding)) return false;
    const { source, target } = encoding;
    this.#sourceLens.push(source.length);
    this.#targetLens.push(target.length);
    if (this.#spans) {
      this.#width = 2 * spans.length;
      for (const { start, end } of spans) {
        this.#spans.push(start);
        this.#spans.push(end);
      }
      return true;
    }
    this.#starts.push(this.#tokens.length);
    for (const token of source) this.#tokens.push(token);
    for (const token of target) this.#tokens.push(token);
    return true;
  }

  /** @throws DataError where a file that is read again has changed */
  async at(i: number): Promise<Encoding> {
    const [sourceLen, targetLen] = [this.#sourceLens.at(i), this.#targetLens.at(i)];
    if (this.#spans) {
      const encoding = this.#encode(await this.#files.read(this.#spansOf(i, this.#spans)));
      if (encoding.source.length === sourceLen && encoding.target.length === targetLen) return encoding;
      const { name } = this.#files;
      throw new DataError(`train: expected ${name} as it was but found it changed; start again`, { file: name });
    }
    const start = this.#starts.at(i);
    return {
      source: this.#tokens.slice(start, start + sourceLen),
      target: this.#tokens.slice(start + sourceLen, start + sourceLen + targetLen),
    };
  }

  #spansOf(i: number, spans: Numbers<Float64Array>): Spans {
    return Array.from({ length: this.#width / 2 }, (_, part) => {
      const at = i * this.#width + 2 * part;
      return { start: spans.at(at), end: spans.at(at + 1) };
    });
  }
}
