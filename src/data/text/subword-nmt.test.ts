import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { type BytePair, learnBytePairs } from "./byte-pairs.ts";

/** Reference files of subword-nmt, the authors' own program: `subword-nmt/` in the folder that `FOVEA_DATA` names. */
const FOLDER = join(process.env.FOVEA_DATA ?? "", "subword-nmt/subword_nmt/tests/data");
const WORD_END = "</w>";

const readLines = (name: string) => readFileSync(join(FOLDER, name), "utf8").replace(/\n$/, "").split("\n");

/** subword-nmt's words are what stands between spaces. */
function countWords(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of lines.flatMap((line) => line.split(" "))) {
    if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** Segments lines by Hugging Face's package, and shows them as subword-nmt does. */
function segmenter(merges: readonly BytePair[], characters: Iterable<string>): (line: string) => string {
  const ends = [...characters].flatMap((character) => [character, character + WORD_END]);
  const symbols = [...new Set([...ends, ...merges.map((pair) => pair.join(""))])];
  const vocab = Object.fromEntries(symbols.map((symbol, id) => [symbol, id]));
  const model = { type: "BPE", vocab, merges, unk_token: null, end_of_word_suffix: WORD_END };
  const pre_tokenizer = { type: "Split", pattern: { Regex: " " }, behavior: "Removed", invert: false };
  const none = { added_tokens: [], normalizer: null, post_processor: null, decoder: null };
  const tokenizer = new Tokenizer({ model, pre_tokenizer, ...none }, {});
  return (line) =>
    tokenizer
      .tokenize(line)
      .map((symbol: string) => (symbol.endsWith(WORD_END) ? symbol.slice(0, -WORD_END.length) : `${symbol}@@`))
      .join(" ");
}

if (existsSync(FOLDER)) {
  describe("byte pairs, beside subword-nmt", () => {
    const corpus = readLines("corpus.en");
    const [version, ...codes] = readLines("bpe.ref");
    const merges = learnBytePairs(countWords(corpus), { merges: codes.length, wordEnd: WORD_END });

    it("are learnt alike", () => {
      expect([version, codes.length]).toEqual(["#version: 0.2", 1000]);
      expect(merges.map((pair) => pair.join(" "))).toEqual(codes);
    });

    it("are applied alike", () => {
      const segment = segmenter(merges, new Set(corpus.join("")));
      expect(corpus.map(segment)).toEqual(readLines("corpus.bpe.ref.en"));
    });
  });
} else {
  describe.skip("byte pairs, beside subword-nmt: left out, for FOVEA_DATA names no folder with subword-nmt in it", () => {
    it("agree", () => expect.fail());
  });
}
