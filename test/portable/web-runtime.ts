/** In browsers, what `src/runtime/node.ts` and `src/runtime/node-workers.ts` export: the same, on onnxruntime-web. */
export { SESSION_OPTIONS } from "../../src/runtime/session-options.ts";
export { webBackend as nodeBackend } from "../../src/runtime/web.ts";
export { webEngine as nodeEngine } from "../../src/runtime/web-workers.ts";
