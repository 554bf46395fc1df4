/**
 * What Fovea does in browsers only: ONNX Runtime in WASM and on WebGPU, and training on Web Workers. May import everything but
 * `cli/`, `server/` and what runs in Node.
 */
export { configureWeb, type WebSettings, webBackend } from "./runtime/web.ts";
export { serveWebWorker } from "./runtime/web-worker-serve.ts";
export { createWebEngine, type WebEngineOptions, webEngine } from "./runtime/web-workers.ts";
