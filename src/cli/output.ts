import { DataError } from "../tensor/errors.ts";

/** What is needed of `process.stdout`. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string, done: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** A stream that text goes to. A reader who goes away (`| head`) is no error: what is written afterwards is dropped. */
export class Output {
  readonly #stream: TextStream;
  readonly #isForgiving: boolean;
  #closed = false;

  /** @param options.forgiving drops what cannot be written for whatever reason: for hints, not for results */
  constructor(stream: TextStream, { forgiving = false }: { forgiving?: boolean } = {}) {
    this.#stream = stream;
    this.#isForgiving = forgiving;
    // Failures come to the callback of `write`, too; without a listener they would end the process.
    stream.on("error", () => undefined);
  }

  get isTTY(): boolean {
    return this.#stream.isTTY ?? false;
  }

  /** Columns of the terminal; 80 where there is none. */
  get columns(): number {
    return this.#stream.columns || 80;
  }

  /** Whether nobody reads any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Waits until the text has left.
   *
   * @throws DataError when it cannot be written, as on a full disk
   */
  async write(text: string): Promise<void> {
    if (this.#closed || text === "") return;
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
      this.#stream.write(text, resolve);
    });
    if (!error) return;
    this.#closed = true;
    if (this.#isForgiving || error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || error.code === "EOF")
      return;
    const fault = error.code === "ENOSPC" ? "the disk full; free some space" : `another fault: ${error.message}`;
    throw new DataError(`output: expected to write the results but found ${fault} (${error.code})`);
  }

  async line(text = ""): Promise<void> {
    await this.write(`${text}\n`);
  }
}
