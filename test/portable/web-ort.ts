import ort from "onnxruntime-web/wasm";

/** In browsers, what the package `onnxruntime-node` exports; as quiet as that is, for tests that call it themselves. */
ort.env.logLevel = "fatal";

export { InferenceSession, Tensor } from "onnxruntime-web/wasm";
// biome-ignore lint/style/noDefaultExport: so does the package
export default ort;
