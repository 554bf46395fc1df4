import * as wasm from "onnxruntime-web/wasm";
import { ModelError } from "../tensor/errors.ts";
import type { Loader } from "./backend.ts";
import { CACHED_PIECE, loadError, SESSION_OPTIONS } from "./session-options.ts";
import { type OrtModule, queue, reasonOf, WebSession, WebState } from "./web-session.ts";

/** Where ONNX Runtime's own files are. */
export interface WebSettings {
  /**
   * The address of a folder that holds `ort-wasm-simd-threaded.wasm`, and for WebGPU `ort-wasm-simd-threaded.asyncify.wasm`, of
   * onnxruntime-web's `dist`. Default: where the bundler has put them, or beside onnxruntime-web's module.
   */
  readonly wasmPaths?: string | undefined;
}

const FILE = "ort-wasm-simd-threaded.wasm";

let settings: WebSettings = {};

/** Changes the settings; to be called before the first session. Workers that are started later get them, too. */
export function configureWeb(changed: WebSettings): void {
  settings = { ...settings, ...changed };
}

export function webSettings(): WebSettings {
  return settings;
}

/** Makes a module of onnxruntime-web take its file from where the settings say, keep to one thread, and print nothing. */
export function applySettings(ort: OrtModule, file: string): void {
  ort.env.wasm.numThreads = SESSION_OPTIONS.intraOpNumThreads;
  ort.env.logLevel = "fatal";
  if (settings.wasmPaths === undefined) return;
  const folder = settings.wasmPaths.endsWith("/") ? settings.wasmPaths : `${settings.wasmPaths}/`;
  ort.env.wasm.wasmPaths = { wasm: new URL(file, new URL(folder, globalThis.location.href)).href };
}

/** What is told when a model, or ONNX Runtime itself, does not load. */
export function webLoadError(error: unknown): ModelError {
  const reason = reasonOf(error);
  const start = /^no available backend found\. ERR: \[\w+\] (.*)$/s.exec(reason)?.[1];
  if (start === undefined) return loadError(reason);
  return new ModelError(
    `web: expected ONNX Runtime to start but found: ${start}; say where its files are with configureWeb`,
  );
}

const inTurn = queue();

/**
 * The part of the WASM back end that runs models which are written already: all that a worker needs which another one hands its
 * models, and no more.
 */
export const webLoader: Loader = {
  piece: CACHED_PIECE,
  createState: (values) => new WebState(values),
  async load(bytes, options = {}) {
    applySettings(wasm, FILE);
    const session = await inTurn(() =>
      wasm.InferenceSession.create(bytes, { ...SESSION_OPTIONS, executionProviders: ["wasm"], enableMemPattern: true }),
    ).catch((error: unknown) => {
      throw webLoadError(error);
    });
    return new WebSession({ ...options, ort: wasm, session, bytes: bytes.length, inTurn });
  },
};
