import { expect, test } from "vitest";
import { type Line, type LineOptions, readLines } from "./node-lines.ts";

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

test("what is no UTF-8 is flagged, and the lines around it are not", async () => {
  const bytes = Uint8Array.from([0x61, 10, 0xff, 0x62, 10, 0xc3, 10, 0x63]);
  const error = "lines: expected UTF-8 but found other bytes; save the text as UTF-8";
  for (const size of [1, 1000]) {
    expect(await linesOf(bytes, size)).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: "\ufffdb", error },
      { number: 3, text: "\ufffd", error },
      { number: 4, text: "c" },
    ]);
  }
});

test("a line may be as long as the limit, its end not counted", async () => {
  for (const size of [1, 3, 1000]) {
    const [fits, end, tooLong, next] = await linesOf("12345\n12345\r\n123456\nb", size, { limit: 5 });
    expect([fits, end, next]).toEqual([
      { number: 1, text: "12345" },
      { number: 2, text: "12345" },
      { number: 4, text: "b" },
    ]);
    expect(tooLong?.error).toBe("lines: expected at most 5 bytes in a line but found 6; break it up");
  }
});

test("the byte order mark does not count towards the limit", async () => {
  expect(await linesOf("\ufeff12345\r\n", 2, { limit: 5 })).toEqual([{ number: 1, text: "12345" }]);
});

test("a line without end is never held as a whole", async () => {
  const piece = new Uint8Array(1 << 16).fill(0x61);
  async function* endless(): AsyncGenerator<Uint8Array, void> {
    for (let i = 0; i < 2000; i++) yield piece;
    yield new TextEncoder().encode("\nb\n");
  }
  const before = process.memoryUsage().arrayBuffers;
  const lines: Line[] = [];
  for await (const block of readLines(endless())) lines.push(...block);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  expect(lines[0]?.text).toBe(`${"a".repeat(64)}…`);
  expect(lines[0]?.error).toBe(`lines: expected at most 65536 bytes in a line but found ${2000 << 16}; break it up`);
  expect(lines[1]).toEqual({ number: 2, text: "b" });
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
