/**
 * Models, weights and batches of `npm run bench:sequence`, as peers/sequence.py has them: the same numbers on both sides, so that
 * equal losses prove equal work.
 */
import { readFileSync } from "node:fs";
import { Bahdanau } from "../dist/models/bahdanau/bahdanau.js";
import { Luong } from "../dist/models/luong/luong.js";
import { TextClassifier } from "../dist/models/text-classifier/text-classifier.js";

export const CASES = JSON.parse(readFileSync(new URL("peers/sequence-cases.json", import.meta.url), "utf8"));

/** Tokens below stand for nothing that could be written: padding, start, end, unknown. */
export const SPECIAL = 4;
const START = 1;

/** Numbers from −1 to 1 without any order, times a scale. */
function noise(size, k, scale) {
  return Float32Array.from({ length: size }, (_, i) => {
    const far = Math.sin(12.9898 * i + k) * 43758.5453;
    return (2 * (far - Math.floor(far)) - 1) * scale;
  });
}

/** What tells the numbers of one parameter from those of another. */
const seedOf = (name) => [...name].reduce((sum, letter, i) => (sum + (i + 1) * letter.charCodeAt(0)) % 9973, 0);

/** Tokens without any order, none of them special. */
function tokens(size, k, vocabulary) {
  return Int32Array.from(noise(size, k, 0.5), (value) => SPECIAL + Math.floor((value + 0.5) * (vocabulary - SPECIAL)));
}

export function build({ model, vocabulary, dim, classes }) {
  if (model === "classify") {
    return new TextClassifier({
      vocabulary,
      classes,
      embeddingDim: dim,
      encoderDim: dim,
      attentionDim: dim,
      unknown: 3,
    });
  }
  const sizes = { sourceVocabulary: vocabulary, targetVocabulary: vocabulary, embeddingDim: dim };
  if (model === "luong") return new Luong({ ...sizes, hiddenDim: dim });
  return new Bahdanau({ ...sizes, encoderDim: dim, decoderDim: dim, attentionDim: dim });
}

/** The model of a case, with values. */
export function filled(task) {
  const model = build(task);
  for (const [name, parameter] of model.parameters()) {
    const { shape } = parameter;
    const size = shape.reduce((total, dim) => total * dim, 1);
    const isMatrix = shape.length > 1 && !name.includes("mbedding");
    const scale = isMatrix ? 1 / Math.sqrt(shape[0]) : 0.1;
    parameter.value = { data: noise(size, seedOf(name), scale), shape, dtype: "float32" };
  }
  return model;
}

const whole = (data, ...shape) => ({ data, shape, dtype: "int32" });

/** A batch of which all rows are as long as they can be: no work is saved by masks. */
export function batchOf({ model, batch, sourceLen, targetLen, vocabulary, classes }) {
  const source = tokens(batch * sourceLen, 1, vocabulary);
  const lengths = whole(new Int32Array(batch).fill(sourceLen), batch);
  if (model === "classify") {
    const label = Int32Array.from({ length: batch }, (_, row) => row % classes);
    return { text: whole(source, batch, sourceLen), lengths, label: whole(label, batch) };
  }
  const label = tokens(batch * targetLen, 2, vocabulary);
  const target = label.map((_, i) => (i % targetLen === 0 ? START : label[i - 1]));
  return {
    source: whole(source, batch, sourceLen),
    lengths,
    target: whole(target, batch, targetLen),
    label: whole(label, batch, targetLen),
  };
}
