import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { openModel, type Prediction, RECIPES, type Recipe } from "fovea";
import { nodeBackend, nodeEngine, nodeFolder, nodeSource } from "fovea/node";
import ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** What a folder of fovea train says, read by whoever has ONNX Runtime and Hugging Face's tokenizers, and nothing of Fovea. */
class PlainModel {
  readonly #config: Record<string, number>;
  readonly #source: Tokenizer;
  readonly #target: Tokenizer;
  readonly #encoder: ort.InferenceSession;
  readonly #decoder: ort.InferenceSession;

  private constructor(folder: string, encoder: ort.InferenceSession, decoder: ort.InferenceSession) {
    const json = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
    this.#config = { ...json("config.json"), ...json("generation_config.json") };
    this.#source = new Tokenizer(json("tokenizer.json"), json("tokenizer_config.json"));
    this.#target = new Tokenizer(json("target/tokenizer.json"), json("target/tokenizer_config.json"));
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  static async open(folder: string): Promise<PlainModel> {
    const load = (name: string) => ort.InferenceSession.create(join(folder, "onnx", name));
    return new PlainModel(folder, await load("encoder_model.onnx"), await load("decoder_with_past_model.onnx"));
  }

  /** Greedily, as transformers.js writes: the likeliest token after each other, until the end. */
  async write(text: string): Promise<{ output: string; weights: number[] }> {
    const ids = this.#source.encode(text).ids;
    const mask = int64(ids.map(() => 1));
    const encoded = await this.#encoder.run({ input_ids: int64(ids), attention_mask: mask });
    const memory: Record<string, ort.Tensor> = { encoder_attention_mask: mask };
    let past = pastOf(encoded, ".decoder.");
    Object.assign(memory, pastOf(encoded, ".encoder."));
    if (encoded.last_hidden_state) memory.encoder_hidden_states = encoded.last_hidden_state;
    const {
      decoder_start_token_id: start,
      eos_token_id: end,
      max_length: most,
    } = this.#config as Record<string, number>;
    const written: number[] = [];
    const weights: number[] = [];
    let token = start as number;
    while (written.length < (most as number) && token !== end) {
      const step = await this.#decoder.run({ ...memory, ...past, input_ids: int64([token]) });
      const logits = [...((step.logits as ort.Tensor).data as Float32Array)];
      token = logits.indexOf(Math.max(...logits));
      written.push(token);
      weights.push(...((step["cross_attentions.0"] as ort.Tensor).data as Float32Array));
      past = pastOf(step, ".decoder.");
    }
    return { output: this.#target.decode(written, { skip_special_tokens: true }), weights };
  }

  async release(): Promise<void> {
    await this.#encoder.release();
    await this.#decoder.release();
  }
}

function int64(values: readonly number[]): ort.Tensor {
  return new ort.Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
}

/** What one step gives as `present.…` the next reads as `past_key_values.…`. */
function pastOf(outputs: Readonly<Record<string, ort.Tensor>>, part: string): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) =>
      name.startsWith("present.") && name.includes(part) ? [[name.replace("present", "past_key_values"), value]] : [],
    ),
  );
}

const SMALL = {
  steps: "150",
  batch: "16",
  validateEvery: "75",
  learningRate: "0.02",
  averaging: "0.9",
  beam: "1",
  sourceLen: "40",
  targetLen: "12",
  "model.embeddingDim": "6",
  "model.encoderDim": "8",
  "model.decoderDim": "11",
  "model.attentionDim": "5",
};

const NUMBERS = ["one", "two", "three", "four", "five", "six", "seven"];
const PAIRS = NUMBERS.flatMap((a, i) => NUMBERS.map((b, j) => [`${a} and ${b}.`, `${i + 1} + ${j + 1}`] as const));
const TEXTS = ["one and two.", "seven and seven.", "six and, four", "Ünknown wörds and 年", "one", "two two two"];

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-plain-"));
});
afterAll(() => rmSync(cwd, { recursive: true }));

describe.each([
  ["transduce", {}],
  ["translate", { "model.type": "luong", sourceTokens: "word", targetTokens: "word" }],
  ["translate", { sourceTokens: "byte-pair", targetTokens: "character", vocabulary: "60", lowercase: "true" }],
])("%s with %j", (name, settings) => {
  test("is written the same by plain ONNX Runtime and plain tokenizers, from the same weights", async () => {
    const folder = mkdtempSync(join(cwd, "model-"));
    const data = join(cwd, "pairs.tsv");
    writeFileSync(data, PAIRS.map(([text, answer]) => `${text}\t${answer}\n`).join(""));
    const recipe = RECIPES.find((one) => one.name === name) as Recipe;
    const options = { createEngine: nodeEngine, backend: nodeBackend, settings: { ...SMALL, ...settings } };
    const files = { train: [data] };
    const openSource = (path: string) => nodeSource(path, { owner: name });
    let shown = 0;
    for await (const event of recipe.train({ ...options, folder: nodeFolder(folder), files, openSource })) {
      if (event.type === "test") shown = event.overall.count;
    }
    expect(shown).toBeGreaterThan(0);
    const model = await openModel(nodeFolder(folder), nodeBackend);
    const plain = await PlainModel.open(folder);
    const outputs = new Set<string>();
    for (const text of [...TEXTS, ...PAIRS.slice(0, 12).map(([source]) => source)]) {
      const answers: Prediction[] = [];
      for await (const answer of model.predict([text])) answers.push(answer as Prediction);
      const found = await plain.write(text);
      const { map } = await model.explain(text);
      expect(found.output).toBe(answers[0]?.output);
      expect(found.weights).toHaveLength(map.weights.length);
      for (const [i, weight] of found.weights.entries()) expect(map.weights[i]).toBeCloseTo(weight, 6);
      outputs.add(found.output);
    }
    expect(outputs.size).toBeGreaterThan(5);
    await model.close();
    await plain.release();
  });
});
