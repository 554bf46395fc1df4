import { describe, expect, it } from "vitest";
import { memorySource, openExamples } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import { type Encode, ExampleSet } from "./example-set.ts";

const ROLES = [
  { name: "source", headers: ["source"] },
  { name: "target", headers: ["target"] },
];

const open = (...texts: readonly string[]) => {
  const sources = texts.map((text, i) =>
    memorySource(texts.length > 1 ? `part-${i}` : "a.tsv", new TextEncoder().encode(text)),
  );
  return openExamples(sources, { owner: "toy", roles: ROLES });
};

const codePoints = (text = "") => Int32Array.from(text, (character) => character.codePointAt(0) as number);
const encode: Encode = ({ source, target }) => ({ source: codePoints(source), target: codePoints(target) });

/** 1,500 records, so that what grows has grown. */
const SOURCES = Array.from({ length: 1500 }, (_, i) => "ä👍b".repeat(1 + (i % 5)) + i);
const TARGETS = SOURCES.map((_, i) => `${i * i}`);
const TABLE = SOURCES.map((source, i) => `${source}\t${TARGETS[i]}\n`).join("");

async function setOf(inMemory: boolean, ...texts: readonly string[]): Promise<ExampleSet> {
  const files = await open(...texts);
  const set = new ExampleSet(files, { encode, inMemory });
  for await (const example of files.examples()) set.add(example);
  return set;
}

describe.each([
  ["a table", [TABLE]],
  ["files side by side", [`${SOURCES.join("\n")}\n`, TARGETS.join("\n")]],
])("the examples of %s", (_, texts) => {
  it.each([true, false])("are those of the file, in memory: %s", async (inMemory) => {
    const set = await setOf(inMemory, ...texts);
    expect(set.count).toBe(1500);
    const { source, target } = set.lengths;
    expect(Array.from(source)).toEqual(SOURCES.map((text) => [...text].length));
    expect(Array.from(target)).toEqual(TARGETS.map((text) => text.length));
    for (let i = 0; i < 1500; i++) {
      const place = (i * 37) % 1500;
      const expected = encode({ source: SOURCES[place] as string, target: TARGETS[place] as string });
      expect(await set.at(place)).toEqual(expected);
    }
  });
});

it.each([true, false])("only what is wanted is taken, in memory: %s", async (inMemory) => {
  const files = await open("a\tb\nlong\tb\nc\td\n");
  const set = new ExampleSet(files, { encode, inMemory });
  const taken: boolean[] = [];
  for await (const example of files.examples()) taken.push(set.add(example, ({ source }) => source.length === 1));
  expect(taken).toEqual([true, false, true]);
  expect(set.count).toBe(2);
  expect(await set.at(1)).toEqual(encode({ source: "c", target: "d" }));
  expect(set.lengths).toEqual({ source: Int32Array.of(1, 1), target: Int32Array.of(1, 1) });
});

it("a set without examples is empty", async () => {
  const set = new ExampleSet(await open("a\tb\n"), { encode, inMemory: true });
  expect([set.count, set.lengths]).toEqual([0, { source: new Int32Array(0), target: new Int32Array(0) }]);
});

it.each(["longer\tb", "a\tlonger"])("a file that has changed to %s since is told", async (changed) => {
  const bytes = new TextEncoder().encode("a     \tb     \n");
  const files = await openExamples([memorySource("a.tsv", bytes)], { owner: "toy", roles: ROLES });
  const set = new ExampleSet(files, { encode, inMemory: false });
  for await (const example of files.examples()) set.add(example);
  expect(await set.at(0)).toEqual(encode({ source: "a", target: "b" }));
  bytes.set(new TextEncoder().encode(changed.padEnd(13)));
  await expect(set.at(0)).rejects.toThrow(
    new DataError("train: expected a.tsv as it was but found it changed; start again", { file: "a.tsv" }),
  );
});
