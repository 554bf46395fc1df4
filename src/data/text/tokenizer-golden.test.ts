import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { describe, expect, it } from "vitest";
import { TextTokenizer } from "./tokenizer.ts";
import { TokenizerLearner, type TokenizerOptions } from "./tokenizer-learner.ts";

interface Row {
  readonly text: string;
  readonly ids: readonly number[];
  readonly decoded: string;
}

const read = (name: string) =>
  readFileSync(new URL(`../../../test/goldens/fixtures/tokenizer-${name}.json`, import.meta.url), "utf8");

/** What Hugging Face's Python package makes of the fixtures: `scripts/goldens/tokenizers_golden.py`. */
const golden = JSON.parse(read("golden")) as Record<TokenizerOptions["level"], readonly Row[]>;
const { learn } = JSON.parse(read("texts")) as { learn: readonly string[] };

const LEARNT: readonly TokenizerOptions[] = [
  { level: "character" },
  { level: "word", minCount: 1, lowercase: true },
  { level: "byte-pair", size: 240 },
];

describe.each(LEARNT)("a tokenizer of level $level", (options) => {
  const json = read(options.level);
  const tokenizer = TextTokenizer.fromFiles({ tokenizer: json });
  const rows = golden[options.level];

  it("is learnt as its file says", () => {
    const learner = new TokenizerLearner(options);
    for (const text of learn) learner.add(text);
    expect(`${JSON.stringify(learner.finish().tokenizer)}\n`).toBe(json);
  });

  it.each(rows)("reads and writes $text as Hugging Face's package in Python does", ({ text, ids, decoded }) => {
    expect(Array.from(tokenizer.encode(text))).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });

  it("reads and writes as Hugging Face's package in JavaScript does, which keeps no pieces", () => {
    const { tokenizer: content, config } = tokenizer.files;
    const theirs = new Tokenizer(content, config);
    const found = rows.map(({ text }) => Array.from(tokenizer.encode(text)));
    expect(found).toEqual(rows.map(({ text }) => theirs.encode(text).ids));
    const texts = found.map((ids) => tokenizer.decode(ids));
    expect(texts).toEqual(found.map((ids) => theirs.decode(ids, { skip_special_tokens: true })));
  });

  it("gives the same ids to every token with and without its place", () => {
    for (const { text, ids } of rows) {
      const { ids: found, tokens, spans } = tokenizer.encodeWithSpans(text);
      expect([Array.from(found), tokens.length, spans.length]).toEqual([ids, ids.length, ids.length]);
    }
  });

  it("covers all of a text but white space, from left to right", () => {
    for (const { text } of rows) {
      const characters = [...text];
      const covered = new Set<number>();
      let last = 0;
      for (const [start, end] of tokenizer.encodeWithSpans(text).spans) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThanOrEqual(start);
        for (let i = start; i < end; i++) covered.add(i);
        last = start;
      }
      const missed = characters.filter((_, i) => !covered.has(i)).join("");
      expect(missed.replace(/[\p{White_Space}▁]/gu, "")).toBe("");
    }
  });
});
