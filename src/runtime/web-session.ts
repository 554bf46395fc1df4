import type * as Ort from "onnxruntime-web/wasm";
import { formatShape, sameShape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import type { DType, NdArray } from "../tensor/nd-array.ts";
import type { Part, Session, SessionOptions, State } from "./backend.ts";
import { DeviceLostError } from "./device-lost.ts";
import { runError, SESSION_OPTIONS } from "./session-options.ts";

/** What of a module of onnxruntime-web is used here. It comes with WASM alone, and with WebGPU: two modules, of equal shape. */
export type OrtModule = Pick<typeof Ort, "Tensor" | "InferenceSession" | "env">;

/** Copies of the values of a state, where nothing else can change them. */
function copied({ data, shape, dtype }: NdArray): NdArray {
  return { data: data.slice(), shape: [...shape], dtype };
}

/**
 * Each state as it is, and as it was before the last run. onnxruntime-web writes into no array that it is given, so the arrays
 * that a run gives are kept in place of the ones before.
 */
export class WebState implements State {
  readonly #pairs = new Map<string, readonly [current: NdArray, before: NdArray]>();

  constructor(values: Readonly<Record<string, NdArray>>) {
    for (const [name, value] of Object.entries(values)) {
      const current = copied(value);
      this.#pairs.set(name, [current, current]);
    }
  }

  get names(): readonly string[] {
    return [...this.#pairs.keys()];
  }

  current(name: string): NdArray {
    return this.#pair(name)[0];
  }

  advance(name: string, next: NdArray): void {
    this.#pairs.set(name, [next, this.current(name)]);
  }

  /** Puts a part of the next value where the one before the last run was, and after the last part takes that as the state. */
  advancePart(name: string, next: NdArray, { start, isLast }: Part): void {
    const [current, before] = this.#pair(name);
    const spare = before === current ? copied(current) : before;
    (spare.data as Float32Array).set(next.data as Float32Array, start);
    this.#pairs.set(name, isLast ? [spare, current] : [current, spare]);
  }

  read(name: string): NdArray {
    return copied(this.current(name));
  }

  write(name: string, value: NdArray): void {
    const { shape, dtype } = this.current(name);
    if (value.dtype !== dtype || !sameShape(value.shape, shape)) {
      const found = `${value.dtype} ${formatShape(value.shape)}`;
      throw new ShapeError(`state: expected ${name} to be ${dtype} ${formatShape(shape)} but found ${found}`);
    }
    this.#pairs.set(name, [copied(value), this.#pair(name)[1]]);
  }

  undo(names: readonly string[]): void {
    for (const name of names) {
      const [current, before] = this.#pair(name);
      this.#pairs.set(name, [before, current]);
    }
  }

  #pair(name: string): readonly [NdArray, NdArray] {
    const pair = this.#pairs.get(name);
    if (!pair) throw new ModelError(`state: expected one of ${this.names} but found ${name}`);
    return pair;
  }
}

/** A view of a part of a vector. */
function partOf(value: NdArray, part: Part | undefined): NdArray {
  if (!part) return value;
  const data = (value.data as Float32Array).subarray(part.start, part.end);
  return { data, shape: [data.length], dtype: value.dtype };
}

/** What ONNX Runtime says, without the words that its browser form puts before it. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^.*? ERROR_CODE: \d+, ERROR_MESSAGE: /s, "");
}

/** 16-bit floats come as numbers where the browser has an array type for them; here they are held as their bits. */
function fromOrt(tensor: Ort.Tensor): NdArray {
  const { data } = tensor;
  const isBits = tensor.type === "float16" && !(data instanceof Uint16Array);
  const { buffer, byteOffset, length } = data as Float32Array;
  const held = isBits ? new Uint16Array(buffer as ArrayBuffer, byteOffset, length) : (data as Float32Array);
  return { data: held, shape: tensor.dims, dtype: tensor.type as DType };
}

export interface WebSessionParts extends SessionOptions {
  readonly ort: OrtModule;
  readonly session: Ort.InferenceSession;
  readonly bytes: number;
  /** Runs work when all that came before is done. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Errors of a run are thrown, not printed, too. */
const QUIET = { logSeverityLevel: SESSION_OPTIONS.logSeverityLevel };

export class WebSession implements Session {
  readonly bytes: number;
  readonly #parts: WebSessionParts;
  readonly #state: WebState | undefined;
  readonly #next: Readonly<Record<string, string>>;
  #isReleased = false;

  constructor(parts: WebSessionParts) {
    this.bytes = parts.bytes;
    this.#parts = parts;
    this.#state = parts.state as WebState | undefined;
    this.#next = parts.next ?? {};
  }

  async run(feeds: Readonly<Record<string, NdArray>>, part?: Part): Promise<Record<string, NdArray>> {
    const { session, inTurn } = this.#parts;
    const results = await inTurn(() => session.run(this.#given(feeds, part), QUIET)).catch((error: unknown) => {
      throw error instanceof DeviceLostError ? error : runError(reasonOf(error));
    });
    const outputs: Record<string, NdArray> = {};
    for (const name of session.outputNames) {
      const value = fromOrt(results[name] as Ort.Tensor);
      const state = Object.hasOwn(this.#next, name) ? this.#next[name] : undefined;
      if (state === undefined) outputs[name] = value;
      else if (part) this.#state?.advancePart(state, value, part);
      else this.#state?.advance(state, value);
    }
    return outputs;
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    await this.#parts
      .inTurn(() => this.#parts.session.release())
      .catch((error: unknown) => {
        // What was on a lost device is gone with it.
        if (!(error instanceof DeviceLostError)) throw error;
      });
  }

  #given(feeds: Readonly<Record<string, NdArray>>, part: Part | undefined): Record<string, Ort.Tensor> {
    const { session, ort } = this.#parts;
    const given: Record<string, Ort.Tensor> = {};
    for (const name of session.inputNames) {
      const value = this.#state?.names.includes(name) ? partOf(this.#state.current(name), part) : feeds[name];
      if (!value) continue;
      const { data, shape, dtype } = value;
      given[name] = new ort.Tensor(dtype as "float32", data as Float32Array, shape as number[]);
    }
    return given;
  }
}

/** A queue: each work begins when all before it is done, well or badly. */
export function queue(): WebSessionParts["inTurn"] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
