import { describe, expect, it } from "vitest";
import { ModelError } from "../../tensor/errors.ts";
import { TextTokenizer } from "./tokenizer.ts";
import type { TokenLevel } from "./tokenizer-json.ts";
import { TokenizerLearner } from "./tokenizer-learner.ts";

// biome-ignore lint/suspicious/noExplicitAny: the tests change any part of a file.
type Json = any;

function fileOf(level: TokenLevel): Json {
  const learner = new TokenizerLearner({ level, minCount: 1, size: 12 });
  learner.add("ab ab ac");
  return JSON.parse(JSON.stringify(learner.finish().tokenizer));
}

const refusal = (found: string, file = "tokenizer.json") =>
  new ModelError(`model: expected ${file} to be a tokenizer that Fovea writes but found ${found}`);

const LEVELS: readonly TokenLevel[] = ["character", "word", "byte-pair"];

describe.each(LEVELS)("the files of a tokenizer of level %s", (level) => {
  it.each([false, true])("are read as they were written, lower case: %s", (lowercase) => {
    const learner = new TokenizerLearner({ level, minCount: 1, lowercase });
    learner.add("Ab, __proto__ 1 2 0 中");
    const files = learner.finish();
    const [tokenizer, config] = [JSON.stringify(files.tokenizer), JSON.stringify(files.config)];
    const bytes = new TextEncoder().encode(tokenizer);
    const read = TextTokenizer.fromFiles({ tokenizer: bytes, config });
    expect([JSON.stringify(read.files.tokenizer), JSON.stringify(read.files.config), read.level]).toEqual([
      tokenizer,
      config,
      level,
    ]);
  });

  it("may have their keys in another order", () => {
    const { model, ...rest } = fileOf(level);
    const turned = { ...rest, model: Object.fromEntries(Object.entries(model).reverse()) };
    expect(TextTokenizer.fromFiles({ tokenizer: turned }).level).toBe(level);
  });
});

/** What is done to a file, and what is found in it. */
const CHANGES: readonly (readonly [TokenLevel, string, (file: Json) => void])[] = [
  ["word", "something else at added_tokens[0]", (file) => file.added_tokens.push({ id: 2, content: "</s>" })],
  ["word", "something else at truncation", (file) => Object.assign(file, { truncation: { max_length: 1 } })],
  ["word", "something else at version", (file) => Object.assign(file, { version: "2.0" })],
  ["word", "something else at extra", (file) => Object.assign(file, { extra: 1 })],
  ["word", "something else at normalizer", (file) => Object.assign(file, { normalizer: null })],
  [
    "word",
    "something else at normalizer.normalizers[1].pattern.Regex",
    (file) => Object.assign(file.normalizer.normalizers[1].pattern, { Regex: "(a+)+$" }),
  ],
  ["word", "another model or pre_tokenizer", (file) => Object.assign(file.pre_tokenizer, { pretokenizers: [] })],
  ["word", "another model or pre_tokenizer", (file) => Object.assign(file.model, { type: "Unigram" })],
  ["word", "no model", (file) => Object.assign(file, { model: [] })],
  [
    "word",
    "something else at model.max_input_chars_per_word",
    (file) => Object.assign(file.model, { max_input_chars_per_word: 1e9 }),
  ],
  [
    "word",
    "something else at decoder.decoders[0].type",
    (file) => Object.assign(file.decoder.decoders[0], { type: "Strip" }),
  ],
  ["word", "something else at post_processor.single[1]", (file) => file.post_processor.single.pop()],
  ["word", "no vocabulary", (file) => Object.assign(file.model, { vocab: [] })],
  ["word", '"4" as the id of "▁ab", of 6 tokens', (file) => Object.assign(file.model.vocab, { "▁ab": "4" })],
  ["word", '6 as the id of "▁ab", of 6 tokens', (file) => Object.assign(file.model.vocab, { "▁ab": 6 })],
  ["word", '-1 as the id of "▁ab", of 6 tokens', (file) => Object.assign(file.model.vocab, { "▁ab": -1 })],
  ["word", 'the id 5 for both "▁ab" and "▁ac"', (file) => Object.assign(file.model.vocab, { "▁ab": 5 })],
  ["word", '"x" as token 3 instead of <unk>', (file) => renameToken(file, "<unk>", "x")],
  ["word", 'the token "##a"', (file) => renameToken(file, "▁ab", "##a")],
  ["word", 'the token ""', (file) => renameToken(file, "▁ab", "")],
  ["word", `the token "${"a".repeat(32)}…"`, (file) => renameToken(file, "▁ab", "a".repeat(257))],
  ["word", "nothing as token 0 instead of <pad>", (file) => Object.assign(file.model, { vocab: {} })],
  ["character", 'the token "ab"', (file) => renameToken(file, "a", "ab")],
  ["character", "1 merges, more than 0", (file) => file.model.merges.push(["a", "b"])],
  ["character", "no merges", (file) => Object.assign(file.model, { merges: {} })],
  ["byte-pair", "something else at model.merges[0]", (file) => file.model.merges.unshift(["a", "c"])],
  ["byte-pair", "something else at model.merges[1]", (file) => file.model.merges.splice(1, 0, file.model.merges[0])],
  ["byte-pair", "something else at model.merges[0]", (file) => file.model.merges.splice(0, 1, "▁ a")],
  ["byte-pair", "something else at model.merges[0]", (file) => file.model.merges.splice(0, 1, ["a", "b", "c"])],
  ["byte-pair", "11 merges, more than 10", (file) => Object.assign(file.model, { merges: Array(11).fill(["▁", "a"]) })],
  ["byte-pair", "something else at model.dropout", (file) => Object.assign(file.model, { dropout: 0.5 })],
];

function renameToken(file: Json, from: string, to: string): void {
  const entries = Object.entries(file.model.vocab).map(([token, id]) => [token === from ? to : token, id]);
  file.model.vocab = Object.fromEntries(entries);
}

it.each(CHANGES)("refuses a file of level %s with %s", (level, found, change) => {
  const file = fileOf(level);
  change(file);
  expect(() => TextTokenizer.fromFiles({ tokenizer: JSON.stringify(file) })).toThrow(refusal(found));
});

it("refuses more tokens than a million", () => {
  const file = fileOf("word");
  file.model.vocab = Object.fromEntries(Array.from({ length: 1_000_001 }, (_, id) => [`▁${id}`, id]));
  expect(() => TextTokenizer.fromFiles({ tokenizer: file })).toThrow(refusal("1000001 tokens, more than 1000000"));
});

it("refuses what is no text, no JSON, or two things at once, and names the file", () => {
  const read = (tokenizer: Uint8Array | string) => () =>
    TextTokenizer.fromFiles({ tokenizer, tokenizerName: "target/tokenizer.json" });
  const refused = (found: string) => refusal(found, "target/tokenizer.json");
  expect(read(Uint8Array.of(0xff))).toThrow(refused("bytes that are no UTF-8"));
  expect(read('{"model":')).toThrow(refused("text that is no JSON"));
  expect(read("null")).toThrow(refused("no model"));
  expect(read('{"model":{"vocab":{"a":0,"a":1}}}')).toThrow(refused('the key "a" twice'));
  expect(read(" ".repeat(2 ** 27 + 1))).toThrow(refused("more than 134217728 bytes"));
});

it("refuses a configuration that is not ours", () => {
  const tokenizer = fileOf("word");
  const { config } = TextTokenizer.fromFiles({ tokenizer }).files;
  const changed = JSON.stringify({ ...config, clean_up_tokenization_spaces: true });
  expect(() => TextTokenizer.fromFiles({ tokenizer, config: changed, configName: "a/tokenizer_config.json" })).toThrow(
    refusal("something else at clean_up_tokenization_spaces", "a/tokenizer_config.json"),
  );
  expect(() => TextTokenizer.fromFiles({ tokenizer, config: "3" })).toThrow(
    refusal("something else at its root", "tokenizer_config.json"),
  );
});
