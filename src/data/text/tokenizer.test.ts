import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextTokenizer } from "./tokenizer.ts";
import { TokenizerLearner, type TokenizerOptions } from "./tokenizer-learner.ts";

function learn(texts: readonly string[], options: TokenizerOptions): TextTokenizer {
  const learner = new TokenizerLearner(options);
  for (const text of texts) learner.add(text);
  return TextTokenizer.fromFiles(learner.finish());
}

/** The tokens of a text, each with the characters that it covers. */
function covered(tokenizer: TextTokenizer, text: string): [string, string][] {
  const { tokens, spans } = tokenizer.encodeWithSpans(text);
  const characters = [...text];
  return tokens.map((token, i) => [token, characters.slice(...(spans[i] as [number, number])).join("")]);
}

const WORDS = learn(["the dog, the café (déjà vu) 中 istanbul"], { level: "word", minCount: 1, lowercase: true });

describe("a tokenizer", () => {
  it("ends every text, and starts none", () => {
    expect(Array.from(WORDS.encode(""))).toEqual([2]);
    expect(WORDS.tokens(WORDS.encode("the dog"))).toEqual(["the", "dog", "</s>"]);
  });

  it("shows tokens without marks, and special ones as they are", () => {
    expect(WORDS.tokens([1, ...WORDS.encode("(the 中"), 0])).toEqual(["<s>", "(", "<unk>", " ", "中", "</s>", "<pad>"]);
    expect(WORDS.token(WORDS.id("▁the") as number)).toBe("▁the");
    expect([WORDS.id("</s>"), WORDS.id("the")]).toEqual([2, undefined]);
  });

  it.each([
    ['end . ( "a" )', ["▁end", "▁.", "▁(", '▁"', "a", '"', "▁)"]],
    ["end. (a)", ["▁end", ".", "▁(", "a", ")"]],
    ["- ▁ -- ", ["▁-", "▁-", "-"]],
    ["我 吃a 。苹果。", ["我", "▁", "吃", "a", "▁。", "苹", "果", "。"]],
    ["カタ a", ["カ", "タ", "▁a"]],
  ])("joins the mark of a space to what follows it, but for Han and Kana: %s", (text, pieces) => {
    const tokenizer = learn([text], { level: "word", minCount: 1 });
    const ids = tokenizer.encode(text);
    expect(Array.from(ids, (id) => tokenizer.token(id))).toEqual([...pieces, "</s>"]);
    expect(tokenizer.decode(ids)).toBe(text.replace(/[ ▁]+/g, " ").trim());
  });

  it.each(["word", "byte-pair"] as const)("of level %s loses nothing but runs of white space", (level) => {
    const parts = fc.constantFrom(" ", " ", "▁", "\t", ".", "-", "$", "#", "a", "ß", "7", "中", "ア", "・", "。", "👍");
    const property = fc.property(fc.array(parts, { minLength: 1 }), (characters) => {
      const text = characters.join("");
      const normalized = text.replace(/[\s▁]+/g, " ").trim();
      fc.pre(normalized !== "");
      const tokenizer = learn([text], { level, minCount: 1, size: 400 });
      const { ids, spans } = tokenizer.encodeWithSpans(text);
      expect(tokenizer.decode(ids)).toBe(normalized);
      const covered = spans.map(([start, end]) => [...text].slice(start, end).join(""));
      expect(covered.join("").replace(/[\s▁]+/g, "")).toBe(normalized.replaceAll(" ", ""));
    });
    expect(() => fc.assert(property, { numRuns: 200 })).not.toThrow();
  });

  it("leaves special tokens out of texts", () => {
    const ids = WORDS.encode("the dog, the");
    expect(WORDS.decode([1, ...ids, 0, 0])).toBe("the dog, the");
    expect(WORDS.decode([1, 3, 2, 0])).toBe("");
    expect(WORDS.decode(new Set())).toBe("");
  });

  it("reads special tokens in a text as the characters that they are written with", () => {
    for (const level of ["character", "word", "byte-pair"] as const) {
      const text = "<pad>a</s>b<s>c<unk>d</s>";
      const tokenizer = learn([text], { level, minCount: 1, size: 60 });
      const ids = tokenizer.encode(text);
      expect(
        ids.slice(0, -1).every((id) => id > 3),
        level,
      ).toBe(true);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  it("replaces what is no Unicode", () => {
    const tokenizer = learn(["a\ud800b\udc00"], { level: "character" });
    expect(tokenizer.decode(tokenizer.encode("\udbffa"))).toBe("\ufffda");
    expect(JSON.stringify(tokenizer.files)).not.toContain("\\ud800");
  });

  it("gives the same ids again when it has met more words than it keeps", () => {
    const tokenizer = learn(["ab ab"], { level: "word" });
    const first = tokenizer.encode("ab ba");
    for (let i = 0; i < 140; i++) {
      tokenizer.encode(Array.from({ length: 1000 }, (_, j) => (1000 * i + j).toString(36)).join(" "));
    }
    expect([Array.from(first), tokenizer.encode("ab ba")]).toEqual([[4, 3, 2], first]);
  });

  it("refuses ids outside its vocabulary", () => {
    const error = new RangeError(`tokenizer: expected an id from 0 to ${WORDS.size - 1} but found ${WORDS.size}`);
    expect(() => WORDS.decode([WORDS.size])).toThrow(error);
    expect(() => WORDS.tokens([WORDS.size])).toThrow(error);
    expect(() => WORDS.token(0.5)).toThrow(
      new RangeError(`tokenizer: expected an id from 0 to ${WORDS.size - 1} but found 0.5`),
    );
  });
});

describe("the places of tokens", () => {
  it("leave out white space, and cover letters with their accents", () => {
    const text = "  The\t dog,  cafe\u0301 (de\u0301ja\u0300 unknown)";
    expect(covered(WORDS, text)).toEqual([
      ["the", "The"],
      ["dog", "dog"],
      [",", ","],
      ["café", "cafe\u0301"],
      ["(", "("],
      ["déjà", "de\u0301ja\u0300"],
      ["<unk>", "unknown"],
      [")", ")"],
      ["</s>", ""],
    ]);
  });

  it("count code points, not UTF-16 units", () => {
    const tokenizer = learn(["👍🏽a"], { level: "character" });
    expect(tokenizer.encodeWithSpans("👍🏽b").spans).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 3],
    ]);
  });

  it("are those of the text, also where a letter becomes two or more become one", () => {
    expect(covered(WORDS, "İ中")).toEqual([
      ["<unk>", "İ"],
      ["中", "中"],
      ["</s>", ""],
    ]);
    const letters = learn(["i\u0307 각"], { level: "character", lowercase: true });
    expect(covered(letters, "İ\u1100\u1161\u11a8!")).toEqual([
      ["i", "İ"],
      ["\u0307", "İ"],
      ["각", "\u1100\u1161\u11a8"],
      ["<unk>", "!"],
      ["</s>", ""],
    ]);
  });

  it("cover the parts of words, and each unknown character", () => {
    const tokenizer = learn(["lowest lowest newest"], { level: "byte-pair" });
    expect(covered(tokenizer, "Lowest newest")).toEqual([
      [" ", ""],
      ["<unk>", "L"],
      ["o", "o"],
      ["west", "west"],
      [" ", " "],
      ["n", "n"],
      ["e", "e"],
      ["west", "west"],
      ["</s>", ""],
    ]);
  });

  it("are none in an empty text but for the end's", () => {
    for (const text of ["", " \n"]) {
      const { ids, tokens, spans } = WORDS.encodeWithSpans(text);
      expect([Array.from(ids), tokens, spans]).toEqual([[2], ["</s>"], [[text.length, text.length]]]);
    }
  });
});
