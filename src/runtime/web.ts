import { writeModel } from "../onnx/write.ts";
import type { Backend } from "./backend.ts";
import { RUN_OPSET } from "./session-options.ts";
import { webLoader } from "./web-loader.ts";

export { configureWeb, type WebSettings } from "./web-loader.ts";

/** ONNX Runtime in the browser, on the processor, in one thread: onnxruntime-web's WASM. */
export const webBackend: Backend = {
  ...webLoader,
  name: "wasm",
  prepare(graph, options) {
    return this.load(writeModel(graph.outputs, { inputs: graph.inputs, opset: RUN_OPSET }), options);
  },
};
