import { expect, test } from "vitest";
import { escapeMarkup } from "./markup.ts";
import { titleText, tokenText, visibleText } from "./token-text.ts";

test.each([
  [" ", "␣"],
  ["  the", "␣␣the"],
  ["the ", "the␣"],
  ["New York", "New York"],
  ["", "∅"],
  ["\n", "↵"],
  ["\t", "⇥"],
  ["\u0000", "␀"],
  ["\u001b[31m", "␛[31m"],
  ["\u007f", "␡"],
  ["\u009b31m", "\ufffd31m"],
  ["\u202eevil", "\ufffdevil"],
  ["\ud800", "\ufffd"],
  ["\uffff", "\ufffd"],
  ["👩‍👧", "👩‍👧"],
])("token %j is shown as %j", (token, shown) => {
  expect(tokenText(token)).toBe(shown);
});

test("prose keeps its spaces", () => {
  expect(visibleText(" a b ")).toBe(" a b ");
});

test("markup is escaped, and what XML forbids is replaced", () => {
  expect(escapeMarkup(`<script>alert("1")</script>`)).toBe("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
  expect(escapeMarkup("]]>")).toBe("]]&gt;");
  expect(escapeMarkup("it's & \u0000\n")).toBe("it&#39;s &amp; ␀\n");
});

test("each side of a title is drawn by its own direction", () => {
  expect(titleText("שלום → עולם")).toBe("\u2068שלום\u2069 → \u2068עולם\u2069");
  expect(titleText("3 May\u202e → 1979")).toBe("3 May\ufffd → 1979");
});
