import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { sameBytes } from "../tensor/bytes.fixture.ts";
import { DataError } from "../tensor/errors.ts";
import { Rng } from "../tensor/random.ts";
import { encodeText, type Folder, filesFolder, memoryFolder } from "./folder.ts";
import { folderFromZip, zipFolder } from "./zip.ts";

async function contents(folder: Folder): Promise<[string, number[]][]> {
  const names = await folder.list();
  return Promise.all(
    names.map(async (name): Promise<[string, number[]]> => [name, [...((await folder.read(name)) as Uint8Array)]]),
  );
}

const MODEL = new Map([
  ["config.json", encodeText("{}")],
  ["onnx/model.onnx", new Uint8Array(5000).map((_, i) => i % 7)],
  ["größe 大.txt", encodeText("x")],
  ["empty", new Uint8Array()],
]);

const part = fc.string({ unit: fc.constantFrom(..."ab._- é大"), minLength: 1, maxLength: 4 }).filter((name) => {
  return name !== "." && name !== "..";
});
const fileName = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));

describe("a folder as zip", () => {
  it("is read as it was, whatever is in it", async () => {
    const files = fc.dictionary(fileName, fc.uint8Array({ maxLength: 2000 }), { minKeys: 1, maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const folder = filesFolder(new Map(Object.entries(given)));
        expect(await contents(folderFromZip(await zipFolder(folder)))).toEqual(await contents(folder));
      }),
      { numRuns: 60 },
    );
  });

  it("has the same bytes each time, whatever the clock and the order", async () => {
    const first = await zipFolder(filesFolder(MODEL));
    const again = await zipFolder(filesFolder(new Map([...MODEL].reverse())));
    expect(sameBytes(first, again)).toBe(true);
    expect(first.length).toBeLessThan(1500);
    expect([...first.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
    const dated = await zipFolder(filesFolder(MODEL), { time: new Date(2026, 10, 25, 20, 15, 4) });
    expect([...dated.subarray(10, 14)]).toEqual([0xe2, 0xa1, 0x79, 0x5d]);
  });

  it("that others have packed under one folder is that folder", async () => {
    const bytes = zipSync({
      "my model/": new Uint8Array(),
      "my model/a.onnx": strToU8("a"),
      "my model/b/c": strToU8("c"),
    });
    const folder = folderFromZip(bytes, { path: "my.zip" });
    expect([folder.path, await folder.list()]).toEqual(["my.zip", ["a.onnx", "b/c"]]);
    const mac = zipSync({ "m/a": strToU8("a"), "__MACOSX/m/._a": strToU8("x"), "m/.DS_Store": strToU8("x") });
    expect(await contents(folderFromZip(mac))).toEqual([["a", [97]]]);
  });

  it("that is stored, not deflated, is read; so is one with a comment at its end", async () => {
    const stored = zipSync({ a: [strToU8("abc"), { level: 0 }], b: strToU8("b") });
    const commented = new Uint8Array([...stored, ...encodeText("hello")]);
    commented[stored.length - 2] = 5;
    expect(await contents(folderFromZip(commented))).toEqual([
      ["a", [97, 98, 99]],
      ["b", [98]],
    ]);
  });
});

const refused = (found: string) =>
  new DataError(`zip: expected it.zip to be a zip archive but found ${found}`, { file: "it.zip" });
const open = (bytes: Uint8Array) => folderFromZip(bytes, { path: "it.zip" });

/** An archive with a number of its directory changed, in the record of its first file. */
function changed(bytes: Uint8Array, place: number, value: number, size: 2 | 4): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const at = view.getUint32(copy.length - 6, true);
  if (size === 2) view.setUint16(at + place, value, true);
  else view.setUint32(at + place, value, true);
  return copy;
}

describe("an archive is refused that", () => {
  it.each([
    ["is empty", new Uint8Array()],
    ["is another file", encodeText("<html>".repeat(100))],
    ["is 50 MB of zeros", new Uint8Array(50e6)],
  ])("%s", (_, bytes) => {
    expect(() => open(bytes)).toThrow(refused("another file"));
  });

  it.each([
    ["/etc/passwd"],
    ["../x"],
    ["a/../../x"],
    ["a//b"],
    ["./a"],
    ["a\\..\\x"],
    ["C:x"],
    ["a\u0000b"],
    [`${"n".repeat(300)}`],
  ])("holds a file of the name %j", (name) => {
    const text = JSON.stringify(name);
    const shown = text.length > 80 ? `${text.slice(0, 80)}…"` : text;
    const found = `the name ${shown}, which is of no file inside a folder`;
    expect(() => open(zipSync({ [name]: strToU8("x"), b: strToU8("b") }))).toThrow(refused(found));
  });

  it("holds one name twice", () => {
    const bytes = zipSync({ aa: strToU8("1"), ab: strToU8("2") });
    const text = new TextDecoder("latin1").decode(bytes).replaceAll("ab", "aa");
    const twice = Uint8Array.from(text, (character) => character.charCodeAt(0));
    expect(() => open(twice)).toThrow(refused('"aa" twice'));
  });

  it("holds too many files, or none", () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`f${i}`, new Uint8Array()]));
    expect(() => open(zipSync(many))).toThrow(refused("more than 200 files in it"));
    expect(() => open(zipSync({}))).toThrow(refused("no file in it"));
    expect(() => open(zipSync({ "a/": new Uint8Array() }))).toThrow(refused("no file in it"));
  });

  const zeros = zipSync({ a: new Uint8Array(1e6) });
  it.each([
    ["says that it holds too much", changed(zeros, 24, 257 * 2 ** 20, 4), "more than 256 MB in it"],
    ["holds more than it says", changed(zeros, 24, 1000, 4), 'damage in "a"'],
    ["holds less than it says", changed(zeros, 24, 2e6, 4), 'damage in "a"'],
    ["has another check sum", changed(zeros, 16, 7, 4), 'damage in "a"'],
    ["says that a file is elsewhere", changed(zeros, 42, 5, 4), 'damage in "a"'],
    ["says that a file is beyond its end", changed(zeros, 42, 2e9, 4), 'damage in "a"'],
    ["says that more is packed than there is", changed(zeros, 20, 2e9, 4), 'damage in "a"'],
    ["is encrypted", changed(zeros, 8, 1, 2), '"a" encrypted; pack it without a password'],
    ["is packed in another way", changed(zeros, 10, 14, 2), '"a" packed by method 14; pack it by deflate'],
    ["is zip64", changed(zeros, 24, 0xffffffff, 4), "a zip64 archive; pack it without"],
    ["ends too early", zeros.subarray(0, zeros.length - 3), "one that ends too early"],
    ["has another directory", changed(zeros, 0, 7, 4), "a damaged directory"],
    ["has a name beyond its end", changed(zeros, 28, 60_000, 2), "a damaged directory"],
  ])("%s", (_, bytes, found) => {
    expect(() => open(bytes)).toThrow(refused(found));
  });

  it("has a name that is no text", () => {
    const bytes = zipSync({ aé: strToU8("1"), b: strToU8("2") });
    for (let at = 0; at < bytes.length; at++) if (bytes[at] === 0xc3) bytes[at] = 0xff;
    expect(() => open(bytes)).toThrow(refused("names that are not UTF-8"));
  });
});

it("an archive of a few bytes that would take gigabytes is refused quickly, without them", () => {
  const bomb = zipSync({ a: new Uint8Array(200e6), b: new Uint8Array(100e6) });
  expect(bomb.length).toBeLessThan(400_000);
  expect(() => open(bomb)).toThrow(refused("more than 256 MB in it"));
  const start = performance.now();
  expect(() => open(changed(bomb, 24, 10, 4))).toThrow(refused('damage in "a"'));
  expect(performance.now() - start).toBeLessThan(5000);
});

it("an archive with changed bytes is refused in words, or read", async () => {
  const whole = await zipFolder(filesFolder(MODEL));
  const rng = new Rng(11, "damage");
  const found = { refused: 0, read: 0 };
  for (let i = 0; i < 400; i++) {
    const bytes = whole.slice();
    for (let change = rng.integer(3); change >= 0; change--) bytes[rng.integer(bytes.length)] = rng.integer(256);
    try {
      open(bytes);
      found.read++;
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      expect((error as Error).message).toMatch(/^zip: expected it\.zip to be a zip archive but found ./);
      found.refused++;
    }
  }
  expect(found.refused).toBeGreaterThan(100);
  expect(found.read).toBeGreaterThan(10);
});

it("a folder in memory holds what it is given at first, by copies", async () => {
  const bytes = encodeText("abc");
  const folder = memoryFolder("here", { files: [["b", bytes]] });
  bytes.fill(0);
  await folder.write("a", encodeText("x"));
  expect([folder.path, await contents(folder)]).toEqual([
    "here",
    [
      ["a", [120]],
      ["b", [97, 98, 99]],
    ],
  ]);
});
