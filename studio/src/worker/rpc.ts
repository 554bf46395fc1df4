/**
 * Calls between the page and its workers: each call of a method is one message, each answer another; a method that is an async
 * generator answers with what it yields, one message each, and the caller may leave it early.
 */

/** What a worker can do: methods that give a promise or an async generator. */
// biome-ignore lint/suspicious/noExplicitAny: any arguments; the caller sees the types of the interface that it names
export type Methods = Readonly<Record<string, (...args: any[]) => Promise<unknown> | AsyncGenerator<unknown, void>>>;

/** The two ends of a channel: a worker as the page sees it, the page as a worker sees it, a message port. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

type Request =
  | { readonly call: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly leave: number };

type Answer =
  | { readonly call: number; readonly kind: "value" | "yield"; readonly value: unknown }
  | { readonly call: number; readonly kind: "error"; readonly error: WireError };

interface WireError {
  readonly name: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An error of a worker, with the name that it had there (`ModelError`, `DataError` …) and its fields. */
export class RemoteError extends Error {
  override readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor({ name, message, fields }: WireError) {
    super(message);
    this.name = name;
    this.fields = fields;
  }
}

function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), fields: {} };
  const plain = Object.entries(error).filter(([, value]) => typeof value === "string" || typeof value === "number");
  return { name: error.name, message: error.message, fields: Object.fromEntries(plain) };
}

function isGenerator(value: unknown): value is AsyncGenerator<unknown, void> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Answers calls that arrive at a port. */
export function serve(port: Port, methods: Methods): void {
  const running = new Map<number, AsyncGenerator<unknown, void>>();
  const answer = (message: Answer) => port.postMessage(message);
  port.addEventListener("message", async ({ data }: MessageEvent<Request>) => {
    if ("leave" in data) {
      await running.get(data.leave)?.return();
      return;
    }
    const { call, method, args } = data;
    try {
      const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
      if (!run) throw new TypeError(`worker: expected a method it has but found ${method}`);
      const result = run(...args);
      if (!isGenerator(result)) {
        answer({ call, kind: "value", value: await result });
        return;
      }
      running.set(call, result);
      for await (const value of result) answer({ call, kind: "yield", value });
      answer({ call, kind: "value", value: undefined });
    } catch (error) {
      answer({ call, kind: "error", error: toWire(error) });
    } finally {
      running.delete(call);
    }
  });
}

interface Waiting {
  readonly hear: (answer: Answer) => void;
}

/** The methods of the worker behind a port, as functions here. A worker that dies fails every call that waits for it. */
export class Remote<M extends { [Name in keyof M]: Methods[string] }> {
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #death: WireError | undefined;

  constructor(port: Port) {
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#waiting.get(data.call)?.hear(data));
  }

  /** Fails what waits and what comes: the worker is gone. */
  fail(error: unknown): void {
    this.#death = toWire(error);
    for (const [call, { hear }] of this.#waiting) hear({ call, kind: "error", error: this.#death });
    this.#waiting.clear();
  }

  /** Calls a method that gives a promise. */
  call<Name extends keyof M & string>(
    method: Name,
    ...args: Parameters<M[Name]>
  ): Promise<Awaited<ReturnType<M[Name]>>> {
    return new Promise((resolve, reject) => {
      this.#ask(method, args, (answer, done) => {
        done();
        if (answer.kind === "error") reject(new RemoteError(answer.error));
        else resolve(answer.value as Awaited<ReturnType<M[Name]>>);
      });
    });
  }

  /** Calls a method that is an async generator; leaving the loop ends it at the other end, too. */
  async *stream<Name extends keyof M & string>(
    method: Name,
    ...args: Parameters<M[Name]>
  ): AsyncGenerator<ReturnType<M[Name]> extends AsyncGenerator<infer Item> ? Item : never, void> {
    const heard: Answer[] = [];
    let wake: () => void = () => undefined;
    const call = this.#ask(method, args, (answer) => {
      heard.push(answer);
      wake();
    });
    let isOver = false;
    try {
      for (;;) {
        const answer = heard.shift();
        if (!answer) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        isOver = answer.kind !== "yield";
        if (answer.kind === "error") throw new RemoteError(answer.error);
        if (answer.kind === "value") return;
        yield answer.value as never;
      }
    } finally {
      this.#waiting.delete(call);
      if (!isOver) this.#port.postMessage({ leave: call } satisfies Request);
    }
  }

  #ask(method: string, args: readonly unknown[], hear: (answer: Answer, done: () => void) => void): number {
    const call = ++this.#calls;
    const done = () => this.#waiting.delete(call);
    if (this.#death) {
      const error = this.#death;
      queueMicrotask(() => hear({ call, kind: "error", error }, done));
      return call;
    }
    this.#waiting.set(call, { hear: (answer) => hear(answer, done) });
    this.#port.postMessage({ call, method, args } satisfies Request);
    return call;
  }
}
