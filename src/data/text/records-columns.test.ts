import { expect, test } from "vitest";
import { memorySource } from "./byte-source.ts";
import { readColumns } from "./records-columns.ts";

const columnsOf = (name: string, content: string) => readColumns(memorySource(name, new TextEncoder().encode(content)));

test("the first row of a table, and the names of the first record", async () => {
  expect(await columnsOf("a.tsv", "German\t English \nja\tyes\n")).toEqual(["German", "English"]);
  expect(await columnsOf("a.csv", '\n"one, two",three\n')).toEqual(["one, two", "three"]);
  expect(await columnsOf("a.jsonl", '{"de": "ja", "en": "yes"}\n')).toEqual(["de", "en"]);
});

test("nothing where there is no such row", async () => {
  for (const [name, content] of [
    ["a.tsv", ""],
    ["a.txt", "ja\tyes"],
    ["a.jsonl", "[1]"],
    ["a.jsonl", "{"],
    ["a.csv", '"open'],
  ] as const) {
    expect(await columnsOf(name, content), content).toEqual([]);
  }
});
