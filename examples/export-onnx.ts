/**
 * Writes a model of one's own as ONNX, with its attention as an output, and runs the file with plain ONNX Runtime: any number
 * of texts at a time, of any length.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { array, exportOnnx, numbers, prepare, type Tensor } from "fovea";
import { lengthMask, scaledDotProduct } from "fovea/attention";
import { Embedding, initialize, Linear, Module, trace } from "fovea/nn";
import { nodeBackend } from "fovea/node";
import * as onnx from "onnxruntime-node";

/** Words that look at one another; the first then judges by what it has read. */
class Judge extends Module {
  words = new Embedding({ vocabulary: 100, dim: 8 });
  query = new Linear({ inputDim: 8, outputDim: 8 });
  verdict = new Linear({ inputDim: 8, outputDim: 2 });

  forward({ text, lengths }: { text: Tensor; lengths: Tensor }) {
    const words = this.words.forward(text);
    const mask = lengthMask(lengths, text.dim(1));
    const { output, weights } = scaledDotProduct({ query: this.query.forward(words), key: words, value: words, mask });
    trace("attention", weights, "batch queryLen keyLen");
    const first = output.slice({ axis: 1, start: 0, end: 1 }).squeeze(1); // a mean would count the padding
    return { logits: this.verdict.forward(first) };
  }
}

const model = new Judge();
initialize(model, 7); // a trained one has its values already
const types = {
  text: { shape: ["batch", "time"], dtype: "int32" },
  lengths: { shape: ["batch"], dtype: "int32" },
} as const;
const folder = await mkdtemp(join(tmpdir(), "fovea-"));
const file = join(folder, "judge.onnx");
await writeFile(file, exportOnnx(model, types, { metadata: { "judge.version": "1" } }));

const session = await onnx.InferenceSession.create(file);
const found = await session.run({
  text: new onnx.Tensor("int32", Int32Array.of(3, 14, 15, 92, 65, 0), [2, 3]),
  lengths: new onnx.Tensor("int32", Int32Array.of(3, 2), [2]),
});
await session.release();
await rm(folder, { recursive: true });
console.log(`outputs: ${session.outputNames.join(", ")}; attention [${found.attention.dims}]`);

const runner = await prepare(model, types, nodeBackend);
const { logits } = await runner.run({
  text: array([3, 14, 15, 92, 65, 0], [2, 3], "int32"),
  lengths: array([3, 2], [2], "int32"),
});
await runner.release();
assert.deepEqual(session.outputNames, ["logits", "attention"]);
assert.deepEqual(Array.from(found.logits.data as Float32Array), numbers(logits));
assert.deepEqual([...found.attention.dims], [2, 3, 3]);
