/**
 * What Fovea does in browsers only: ONNX Runtime in WASM and on WebGPU, and training on Web Workers. May import everything but
 * `cli/`, `server/` and what runs in Node.
 */
export { webFolder, webFolderKind } from "./data/web-folder.ts";
export { DeviceLostError } from "./runtime/device-lost.ts";
export { type FallbackOptions, fallbackEngine } from "./runtime/fallback-engine.ts";
export { configureWeb, type WebSettings, webBackend } from "./runtime/web.ts";
export { type Compute, type ComputeRequest, type Computing, chooseBackend } from "./runtime/web-compute.ts";
export { findGpu, type GpuAdapter, openWebGpu, type WebGpu, webGpuBackend } from "./runtime/web-gpu.ts";
export { serveWebWorker } from "./runtime/web-worker-serve.ts";
export { createWebEngine, type WebEngineOptions, webEngine } from "./runtime/web-workers.ts";
