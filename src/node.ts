/**
 * What Fovea does in Node only: ONNX Runtime on the processor, worker threads, folders on disk, pictures as PNG. May import
 * everything but `cli/`.
 */
export { nodeFolder } from "./data/node-folder.ts";
export { type NodeSourceOptions, nodeSource } from "./data/node-source.ts";
export { nodeBackend } from "./runtime/node.ts";
export { nodeEngine } from "./runtime/node-workers.ts";
export { type PngOptions, type PngPicture, renderPng } from "./views/node-png.ts";
