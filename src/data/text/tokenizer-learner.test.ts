import { expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { TextTokenizer } from "./tokenizer.ts";
import { TokenizerLearner, type TokenizerOptions } from "./tokenizer-learner.ts";

function learn(texts: readonly string[], options: TokenizerOptions): TextTokenizer {
  const learner = new TokenizerLearner(options);
  for (const text of texts) learner.add(text);
  return TextTokenizer.fromFiles(learner.finish());
}

const tokensOf = (tokenizer: TextTokenizer) => Array.from({ length: tokenizer.size }, (_, id) => tokenizer.token(id));
const SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"];

it("orders words by count, and by code point where they are seen equally often", () => {
  const texts = ["b a. b a.", "c b"];
  expect(tokensOf(learn(texts, { level: "word", minCount: 1 }))).toEqual([...SPECIAL, "▁b", ".", "▁a", "▁c"]);
  expect(tokensOf(learn(texts, { level: "word" }))).toEqual([...SPECIAL, "▁b", ".", "▁a"]);
  expect(tokensOf(learn(texts, { level: "word", size: 5 }))).toEqual([...SPECIAL, "▁b"]);
});

it("learns the same from the same texts in another order", () => {
  const texts = ["low lower", "newest widest", "low newest"];
  for (const level of ["character", "word", "byte-pair"] as const) {
    const options = { level, minCount: 1, size: 30 };
    expect(tokensOf(learn(texts.toReversed(), options)), level).toEqual(tokensOf(learn(texts, options)));
  }
});

it("keeps characters as they are, and makes them lower case where it is told to", () => {
  expect(tokensOf(learn(["Aa a"], { level: "character" }))).toEqual([...SPECIAL, "a", " ", "A"]);
  expect(tokensOf(learn(["Aa a"], { level: "character", lowercase: true }))).toEqual([...SPECIAL, "a", " "]);
  expect(tokensOf(learn(["aab"], { level: "character", minCount: 2 }))).toEqual([...SPECIAL, "a"]);
});

it("merges pairs until the vocabulary is full", () => {
  const tokens = tokensOf(learn(["abab abab ac"], { level: "byte-pair", size: 10 }));
  expect(tokens).toEqual([...SPECIAL, "a", "b", "▁", "c", "ab", "▁ab"]);
});

it("learns no pairs of characters that are unknown", () => {
  const tokenizer = learn(["aba aba aba aca aca"], { level: "byte-pair", minCount: 3, size: 20 });
  expect(tokensOf(tokenizer)).toEqual([...SPECIAL, "a", "▁", "b", "▁a", "▁ab", "▁aba"]);
  expect(tokenizer.tokens(tokenizer.encode("aca"))).toEqual(["a", "<unk>", "a", "</s>"]);
});

it.each(["character", "word", "byte-pair"] as const)("makes a vocabulary of one symbol, of level %s", (level) => {
  const tokenizer = learn(["中", "中"], { level, size: 5 });
  expect([tokenizer.size, tokenizer.level]).toEqual([5, level]);
  expect(tokenizer.encode("中中").at(-1)).toBe(2);
});

it("leaves out words longer than a token may be", () => {
  const [most, more] = ["a".repeat(255), "b".repeat(256)];
  expect(tokensOf(learn([`${most} ${more}`], { level: "word", minCount: 1 }))).toEqual([...SPECIAL, `▁${most}`]);
  const pairs = learn([more, more], { level: "byte-pair" });
  expect(tokensOf(pairs)).toEqual([...SPECIAL, "b", "▁"]);
});

it("may be given more text after it has finished", () => {
  const learner = new TokenizerLearner({ level: "character" });
  learner.add("a");
  expect(TextTokenizer.fromFiles(learner.finish()).size).toBe(5);
  learner.add("b");
  expect(TextTokenizer.fromFiles(learner.finish()).size).toBe(6);
});

it.each(["character", "word", "byte-pair"] as const)("needs text, at level %s", (level) => {
  const learner = new TokenizerLearner({ level });
  const error = new DataError("tokenizer: expected text to learn from but found none");
  expect(() => learner.finish()).toThrow(error);
  learner.add("");
  expect(() => learner.finish()).toThrow(error);
});

it("needs symbols that are seen often enough", () => {
  expect(() => learn(["each word once"], { level: "word" })).toThrow(
    new DataError("tokenizer: expected words seen at least 2 times but found none; give more text or lower minCount"),
  );
  expect(() => learn(["abc"], { level: "character", minCount: 3 })).toThrow(
    new DataError(
      "tokenizer: expected characters seen at least 3 times but found none; give more text or lower minCount",
    ),
  );
});

it.each([
  [{ size: 4 }, "expected size to be an integer from 5 to 1000000 but found 4"],
  [{ size: 1_000_001 }, "expected size to be an integer from 5 to 1000000 but found 1000001"],
  [{ size: 7.5 }, "expected size to be an integer from 5 to 1000000 but found 7.5"],
  [{ minCount: 0 }, "expected minCount to be an integer from 1 to 9007199254740991 but found 0"],
])("refuses %o", (options, message) => {
  const make = () => new TokenizerLearner({ level: "word", ...options });
  expect(make).toThrow(new RangeError(`tokenizer: ${message}`));
});
