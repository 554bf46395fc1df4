import { compile } from "../../src/runtime/program.ts";
import { configureWeb, webBackend } from "../../src/runtime/web.ts";
import { array } from "../../src/tensor/nd-array.ts";
import { input } from "../../src/tensor/tensor.ts";

/** A Web Worker that looks for ONNX Runtime's files where it is told, doubles a number, and answers with it or with the error. */
addEventListener("message", async ({ data }: MessageEvent<string>) => {
  configureWeb({ wasmPaths: data });
  try {
    const program = await compile({ y: input("x", []).mul(2) }, { backend: webBackend });
    postMessage((await program.run({ x: array(21) })).y?.data[0]);
  } catch (error) {
    postMessage(`${(error as Error).name}: ${(error as Error).message}`);
  }
});
