import { describe, expect, it } from "vitest";
import { memorySource, openExamples, type RawExample } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import { readTextData, type TextData, type TextDataOptions, type Vocabulary } from "./data.ts";
import type { Encoding } from "./example-set.ts";

const ROLES = [
  { name: "source", headers: ["source"] },
  { name: "target", headers: ["target"] },
  { name: "group", headers: ["group"], optional: true },
];

const open = (text: string, name = "train.tsv") =>
  openExamples([memorySource(name, new TextEncoder().encode(text))], { owner: "toy", roles: ROLES });

const codePoints = (text = "") => Int32Array.from(text, (character) => character.codePointAt(0) as number);

/** Remembers what it was given to learn from. */
class ToyVocabulary implements Vocabulary {
  readonly learnt: string[] = [];
  add({ source }: Readonly<Record<string, string>>): void {
    this.learnt.push(source as string);
  }
  finish() {
    return ({ source, target }: Readonly<Record<string, string>>) => ({
      source: codePoints(source),
      target: codePoints(target),
    });
  }
}

const bySource: TextDataOptions["splitBy"] = ({ source }) => source as string;

type Given = { readonly train: string; readonly validation?: string; readonly test?: string };

async function read({ train, validation, test }: Given, changes: Partial<TextDataOptions> = {}): Promise<TextData> {
  const files = {
    train: await open(train),
    validation: validation === undefined ? undefined : await open(validation, "validation.tsv"),
    test: test === undefined ? undefined : await open(test, "test.tsv"),
  };
  const counts = { validationCount: 1000, testCount: 1000 };
  return readTextData({
    owner: "toy",
    files,
    vocabulary: new ToyVocabulary(),
    splitBy: bySource,
    seed: 1,
    ...counts,
    ...changes,
  });
}

const table = (count: number, make = (i: number) => `source ${i}\ttarget ${i}`) =>
  Array.from({ length: count }, (_, i) => `${make(i)}\n`).join("");

const sources = (examples: readonly RawExample[]) => examples.map(({ fields }) => fields.source as string);

async function encodings({ train }: TextData): Promise<Encoding[]> {
  return Promise.all(Array.from({ length: train.count }, (_, i) => train.at(i)));
}

const textOf = (encoding: Int32Array) => String.fromCodePoint(...encoding);

const trained = async (data: TextData) => (await encodings(data)).map(({ source }) => textOf(source));

describe("data of one file", () => {
  it("is parted, nine tenths to learn from, so that nothing is lost", async () => {
    const data = await read({ train: table(2000) });
    const parts = [await trained(data), sources(data.validation), sources(data.test)];
    expect(new Set(parts.flat()).size).toBe(2000);
    expect(parts.flat().length).toBe(2000);
    const [train, validation, test] = parts.map(({ length }) => length) as [number, number, number];
    // 100 are expected; the deviation of a binomial is 9.7.
    expect(Math.abs(validation - 100)).toBeLessThan(45);
    expect(Math.abs(test - 100)).toBeLessThan(45);
    expect(train).toBe(2000 - validation - test);
    expect(data.shared).toEqual({ validation: 0, test: 0 });
  });

  it("is parted by its sources, which are never in two parts", async () => {
    const data = await read({ train: table(3000, (i) => `source ${(i * 7) % 400}\ttarget ${i}`) });
    const parts = [await trained(data), sources(data.validation), sources(data.test)].map((part) => new Set(part));
    expect(parts.reduce((sum, { size }) => sum + size, 0)).toBe(400);
    expect(new Set(parts.flatMap((part) => [...part])).size).toBe(400);
  });

  it("keeps together what is of one group", async () => {
    const dialogue = (i: number) => `turn ${i}\tanswer ${i}\tdialogue ${Math.floor(i / 6)}`;
    const splitBy: TextDataOptions["splitBy"] = ({ group }) => group as string;
    const data = await read({ train: table(1200, dialogue) }, { splitBy });
    const group = (source: string) => Math.floor(Number(source.slice("turn ".length)) / 6);
    const parts = [await trained(data), sources(data.validation), sources(data.test)];
    const groups = parts.map((part) => new Set(part.map(group)));
    expect(groups.reduce((sum, { size }) => sum + size, 0)).toBe(200);
    expect(parts.map(({ length }) => length)).toEqual(groups.map(({ size }) => 6 * size));
    expect(Math.min(...groups.map(({ size }) => size))).toBeGreaterThan(0);
  });

  it("is parted the same way wherever an example stands, and whatever the seed", async () => {
    const lines = table(500).trimEnd().split("\n");
    const [one, other] = [
      await read({ train: lines.join("\n") }),
      await read({ train: lines.toReversed().join("\n") }, { seed: 9 }),
    ];
    expect(sources(other.test).toSorted()).toEqual(sources(one.test).toSorted());
    expect(sources(other.validation).toSorted()).toEqual(sources(one.validation).toSorted());
  });

  it("is learnt from in its order, without what is held out", async () => {
    const vocabulary = new ToyVocabulary();
    const data = await read({ train: table(300) }, { vocabulary });
    expect(await trained(data)).toEqual(vocabulary.learnt);
    const held = new Set([...sources(data.validation), ...sources(data.test)]);
    expect(vocabulary.learnt).toEqual(
      Array.from({ length: 300 }, (_, i) => `source ${i}`).filter((text) => !held.has(text)),
    );
  });
});

describe("data of several files", () => {
  it("is taken as it is given", async () => {
    const data = await read({ train: table(50), validation: "v 1\tx\nv 2\ty\n", test: "t 1\tz\n" });
    expect([data.train.count, sources(data.validation), sources(data.test)]).toEqual([50, ["v 1", "v 2"], ["t 1"]]);
  });

  it.each(["validation", "test"] as const)("without a %s is parted for it alone", async (missing) => {
    const given = missing === "test" ? "validation" : "test";
    const data = await read({ train: table(1000), [given]: "g\tx\n" });
    expect(sources(data[given])).toEqual(["g"]);
    expect(data.train.count + data[missing].length).toBe(1000);
    expect(Math.abs(data[missing].length - 50)).toBeLessThan(35);
    const both = await read({ train: table(1000) });
    expect(sources(data[missing])).toEqual(sources(both[missing]));
  });

  it("counts the held-out sources that are learnt from, too, each once", async () => {
    const validation = "source 3\tx\nnew\ty\nsource 3\tz\nsource 4\tx\n";
    const data = await read({ train: table(50) + table(50), validation, test: "source 7\tx\nother\tx\n" });
    expect(data.shared).toEqual({ validation: 2, test: 1 });
  });

  it("counts none of those that are not kept", async () => {
    const data = await read({ train: table(50), validation: table(50), test: "new\tx\n" }, { validationCount: 4 });
    expect([data.validation.length, data.shared]).toEqual([4, { validation: 4, test: 0 }]);
  });
});

describe("of more than are wanted", () => {
  const held = async (seed: number, most = 10) => {
    const given = { train: "a\tb\n", validation: table(100), test: table(100) };
    const { validation, test } = await read(given, { seed, validationCount: most, testCount: most });
    return { validation: sources(validation), test: sources(test) };
  };

  it("so many are kept, by the seed", async () => {
    const [one, again, other] = [await held(1), await held(1), await held(2)];
    expect([one.validation.length, new Set(one.validation).size]).toEqual([10, 10]);
    expect(again).toEqual(one);
    expect(other.validation).not.toEqual(one.validation);
    expect(one.test).not.toEqual(one.validation);
  });

  it("each is kept with the same probability", async () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 400; seed++) {
      for (const source of (await held(seed)).validation) counts.set(source, (counts.get(source) ?? 0) + 1);
    }
    // 40 of each are expected; of a hundred binomials with a deviation of 6, none is five deviations away.
    expect(counts.size).toBe(100);
    for (const count of counts.values()) expect(Math.abs(count - 40)).toBeLessThan(30);
    const half = Array.from({ length: 50 }, (_, i) => counts.get(`source ${i}`) ?? 0).reduce((a, b) => a + b);
    expect(Math.abs(half - 2000)).toBeLessThan(150);
  });

  it("none need be kept for the test", async () => {
    const data = await read({ train: table(200) }, { testCount: 0 });
    expect(data.test).toEqual([]);
  });
});

describe("a fingerprint of the data", () => {
  const GIVEN = { train: table(100), validation: "v\tx\n", test: "t\tx\n" };

  it("is the same for the same files, whatever the seed", async () => {
    const one = await read(GIVEN);
    expect((await read(GIVEN, { seed: 9, validationCount: 1, inMemoryBytes: 0 })).fingerprint).toBe(one.fingerprint);
  });

  it.each<[string, Given]>([
    ["a target", { ...GIVEN, train: GIVEN.train.replace("target 50", "target 05") }],
    ["a record more", { ...GIVEN, train: `${GIVEN.train}a\tb\n` }],
    ["another order", { ...GIVEN, train: GIVEN.train.trimEnd().split("\n").reverse().join("\n") }],
    ["another validation", { ...GIVEN, validation: "w\tx\n" }],
    ["another test", { ...GIVEN, test: "t\ty\n" }],
    ["a record that is elsewhere", { ...GIVEN, train: `v\tx\n${GIVEN.train}`, validation: "t\tx\n", test: "t\tx\n" }],
  ])("changes with %s", async (_, given) => {
    expect((await read(given)).fingerprint).not.toBe((await read(GIVEN)).fingerprint);
  });

  it("covers what is held out of one file", async () => {
    const data = await read({ train: table(200) });
    const [held] = sources(data.test) as [string];
    const changed = await read({ train: table(200).replace(`${held}\ttarget`, `${held}\tTarget`) });
    expect([changed.train.count, changed.fingerprint === data.fingerprint]).toEqual([data.train.count, false]);
  });
});

it("a file larger than what is held in memory gives the same examples", async () => {
  const train = table(700, (i) => `source ${"ä👍".repeat(i % 9)}${i}\ttarget ${i}`);
  const size = new TextEncoder().encode(train).length;
  const [large, small] = [
    await read({ train }, { inMemoryBytes: size - 1 }),
    await read({ train }, { inMemoryBytes: size }),
  ];
  expect(await encodings(large)).toEqual(await encodings(small));
  expect(large.train.lengths).toEqual(small.train.lengths);
  expect([large.validation, large.test, large.fingerprint]).toEqual([small.validation, small.test, small.fingerprint]);
});

it.each([
  ["a\tb\n", 1],
  ["source 0\tx\nsource 1\ty\n", 2],
  [table(30, (i) => `always the same\ttarget ${i}`), 1],
])("too little data is told: %j", async (train, count) => {
  await expect(read({ train })).rejects.toThrow(
    new DataError(
      `toy: expected at least 3 different texts in train.tsv, to learn from and to hold out, but found ${count}; give more of them`,
      { file: "train.tsv" },
    ),
  );
});

it.each([3, 7, 20, 50])("%i texts are enough: one at least is held out for each purpose", async (count) => {
  const data = await read({ train: table(count) });
  const [validation, test] = [data.validation.length, data.test.length];
  expect([validation, test]).toEqual(count < 50 ? [1, 1] : [3, 3]);
  expect(data.train.count).toBe(count - validation - test);
});
