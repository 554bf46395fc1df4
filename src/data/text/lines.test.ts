import { expect, test } from "vitest";
import { type Line, type LineOptions, lineError, readLines, splitLines } from "./lines.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function linesOf(text: string | Uint8Array, size = 1000, options: LineOptions = {}): Promise<Line[]> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const lines: Line[] = [];
  for await (const block of readLines(pieces(bytes, size), options)) lines.push(...block);
  return lines;
}

const textsOf = (lines: readonly Line[]) => lines.map(({ text }) => text);

test.each([
  ["", []],
  ["\n", [""]],
  ["a", ["a"]],
  ["a\n", ["a"]],
  ["a\nb", ["a", "b"]],
  ["a\r\nb\r\n", ["a", "b"]],
  ["a\r\rb\r\n\r\n", ["a\r\rb", ""]],
  ["\ufeffa\n\ufeffb", ["a", "\ufeffb"]],
  ["年\n🗓\u2028x\n", ["年", "🗓\u2028x"]],
])("%j is read as %j, however it is cut", async (text, expected) => {
  for (const size of [1, 2, 3, 1000]) expect(textsOf(await linesOf(text, size))).toEqual(expected);
});

test("lines are numbered from 1", async () => {
  expect((await linesOf("a\nb\nc", 2)).map(({ number }) => number)).toEqual([1, 2, 3]);
});

test.each([
  [
    "a\nbc\n\nd",
    [
      [0, 1],
      [2, 4],
      [5, 5],
      [6, 7],
    ],
  ],
  [
    "a\r\nb\r\n",
    [
      [0, 1],
      [3, 4],
    ],
  ],
  [
    "\ufeff年\n🗓\r\n",
    [
      [3, 6],
      [7, 11],
    ],
  ],
])("the bytes of each line of %j are told", async (text, expected) => {
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 1000]) {
    const lines = await linesOf(text, size);
    expect(lines.map(({ start, end }) => [start, end])).toEqual(expected);
    for (const line of lines) expect(new TextDecoder().decode(bytes.subarray(line.start, line.end))).toBe(line.text);
  }
});

test("lines of bytes in memory are the same", async () => {
  const text = "\ufeffa\r\n\nb";
  expect(splitLines(new TextEncoder().encode(text))).toEqual(await linesOf(text));
});

test("what is no UTF-8 is flagged, and the lines around it are not", async () => {
  const bytes = Uint8Array.from([0x61, 10, 0xff, 0x62, 10, 0xc3, 10, 0x63]);
  const fault = { expected: "UTF-8", found: "other bytes; save the text as UTF-8", column: 1 };
  for (const size of [1, 1000]) {
    expect(await linesOf(bytes, size)).toEqual([
      { number: 1, text: "a", start: 0, end: 1 },
      { number: 2, text: "\ufffdb", start: 2, end: 4, fault },
      { number: 3, text: "\ufffd", start: 5, end: 6, fault },
      { number: 4, text: "c", start: 7, end: 8 },
    ]);
  }
  expect(lineError(fault)).toBe("lines: expected UTF-8 but found other bytes; save the text as UTF-8");
});

test.each([
  [[0x61, 0xff], 2],
  [[0xf0, 0x9f, 0x97, 0x93, 0x61, 0xc3, 0x28], 3],
  [[0x61, 0x62, 0xe5, 0xb9], 3],
  [[0xef, 0xbf, 0xbd, 0x80], 2],
  [[0x61, 0xed, 0xa0, 0x80], 2],
])("the first byte of %j that is no UTF-8 is in column %i", async (bytes, column) => {
  const [line] = await linesOf(Uint8Array.from(bytes));
  expect(line?.fault?.column).toBe(column);
});

test("a line may be as long as the limit, its end not counted", async () => {
  for (const size of [1, 3, 1000]) {
    const [fits, end, tooLong, next] = await linesOf("12345\n12345\r\n123456\nb", size, { limit: 5 });
    expect([fits, end, next]).toEqual([
      { number: 1, text: "12345", start: 0, end: 5 },
      { number: 2, text: "12345", start: 6, end: 11 },
      { number: 4, text: "b", start: 20, end: 21 },
    ]);
    expect(tooLong).toEqual({
      number: 3,
      text: "123456…",
      start: 13,
      end: 19,
      fault: { expected: "at most 5 bytes in a line", found: "6; break it up", column: 1 },
    });
  }
});

test("the byte order mark does not count towards the limit", async () => {
  expect(await linesOf("\ufeff12345\r\n", 2, { limit: 5 })).toEqual([{ number: 1, text: "12345", start: 3, end: 8 }]);
});

test("a line comes as soon as it ends", async () => {
  let written = 0;
  async function* slow(): AsyncGenerator<Uint8Array, void> {
    for (const text of ["a\n", "b\n"]) {
      written++;
      yield new TextEncoder().encode(text);
    }
  }
  for await (const [line] of readLines(slow())) expect(line?.number).toBe(written);
  expect(written).toBe(2);
});

test("the source may use its buffer again", async () => {
  const buffer = new Uint8Array(2);
  async function* reusing(): AsyncGenerator<Uint8Array, void> {
    for (const text of ["ab", "c\n", "d\n"]) {
      new TextEncoder().encodeInto(text, buffer);
      yield buffer;
    }
  }
  const lines: Line[] = [];
  for await (const block of readLines(reusing())) lines.push(...block);
  expect(textsOf(lines)).toEqual(["abc", "d"]);
});
