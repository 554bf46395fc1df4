import { expect, it } from "vitest";
import { alignNormalized } from "./tokenizer-spans.ts";

it("gives each code point the place that it comes from", () => {
  const normalize = (text: string) => text.normalize("NFC").toLowerCase();
  const spans = alignNormalized("E\u0301İ a", { normalized: normalize("E\u0301İ a"), normalize, joinsSpaces: false });
  expect(spans).toEqual([
    [0, 2],
    [2, 3],
    [2, 3],
    [3, 4],
    [4, 5],
  ]);
});

it("makes one place of a run of white space, and none at the ends", () => {
  const normalize = (text: string) => text;
  const spans = alignNormalized(" a \n▁b ", { normalized: "a b", normalize, joinsSpaces: true });
  expect(spans).toEqual([
    [1, 2],
    [2, 5],
    [5, 6],
  ]);
});

it("takes the whole text where its parts do not give it", () => {
  const normalize = (text: string) => text.replace("ab", "𐀀");
  expect(alignNormalized("ab-", { normalized: "𐀀-", normalize, joinsSpaces: false })).toEqual([
    [0, 3],
    [0, 3],
  ]);
});
