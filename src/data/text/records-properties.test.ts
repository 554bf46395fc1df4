import fc from "fast-check";
import { expect, test } from "vitest";
import { type ByteSource, memorySource } from "./byte-source.ts";
import { readRecords, recordParser } from "./records.ts";
import { normalizeText, type RecordFormat, type Role } from "./records-roles.ts";

const ROLES: readonly Role[] = ["left", "right"].map((name) => ({ name, headers: [name] }));

type Table = readonly (readonly [string, string])[];

const WRITERS: Readonly<Record<RecordFormat, (table: Table, ending: string) => string>> = {
  tsv: (table, ending) => [["left", "right"], ...table].map((row) => row.join("\t") + ending).join(""),
  csv: (table, ending) =>
    [["left", "right"], ...table]
      .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(",") + ending)
      .join(""),
  jsonl: (table, ending) => table.map(([left, right]) => JSON.stringify({ left, right }) + ending).join(""),
};

/** Texts of everyday signs, of those that formats use, and of any characters. */
const text = fc
  .oneof(
    fc.string({
      unit: fc.constantFrom("a", " ", '"', ",", "\t", "\n", "\r", "\\", "{", "年", "🗓", "e\u0301", "\ufeff"),
    }),
    fc.string({ unit: "binary" }),
  )
  .filter((value) => normalizeText(value) !== "");

const tables = (field: fc.Arbitrary<string>) => fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 8 });

/** Gives its bytes in pieces of some size, always in the same buffer. */
function inPieces(name: string, bytes: Uint8Array, size: number): ByteSource {
  return {
    ...memorySource(name, bytes),
    async *stream() {
      const buffer = new Uint8Array(size);
      for (let start = 0; start < bytes.length; start += size) {
        const piece = bytes.subarray(start, start + size);
        buffer.set(piece);
        yield buffer.subarray(0, piece.length);
      }
    },
  };
}

test.each<[RecordFormat, fc.Arbitrary<string>]>([
  ["tsv", text.filter((value) => !/[\t\n]/.test(value))],
  ["csv", text],
  ["jsonl", text],
])("any table reads back from %s, however it is cut, and again from its bytes", async (format, field) => {
  await fc.assert(
    fc.asyncProperty(
      tables(field),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom("\n", "\r\n"),
      async (table, size, ending) => {
        const bytes = new TextEncoder().encode(WRITERS[format](table, ending));
        const source = inPieces(`a.${format}`, bytes, size);
        const options = { owner: "test", roles: ROLES };
        const parse = await recordParser(source, options);
        const found = [];
        for await (const { fields, start, end } of readRecords(source, options)) {
          found.push([fields.left, fields.right]);
          expect(parse(await source.read(start, end))).toEqual(fields);
        }
        expect(found).toEqual(table.map((row) => row.map(normalizeText)));
      },
    ),
  );
});

test.each<RecordFormat>(["tsv", "csv", "jsonl"])(
  "any bytes as %s are read or refused in clear words",
  async (format) => {
    const byte = fc.oneof(fc.constantFrom(...new TextEncoder().encode('",\n\t{}:a')), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(byte, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (bytes, size) => {
        const source = inPieces(`a.${format}`, Uint8Array.from(bytes), size);
        const messages: string[] = [];
        const onBad = (error: Error) => messages.push(error.message);
        const options = { owner: "test", roles: ROLES, onBad, maxBytes: 20 };
        try {
          for await (const { start, end } of readRecords(source, options)) expect(end).toBeGreaterThan(start);
        } catch (error) {
          messages.push((error as Error).message);
        }
        for (const message of messages) expect(message).toMatch(/^test: expected .+ but found .+$/s);
        expect(messages.length).toBeLessThanOrEqual(bytes.filter((value) => value === 10).length + 2);
      }),
    );
  },
);

test("a source far larger than what is held is read piece by piece", async () => {
  const size = 64 << 20;
  const row = new TextEncoder().encode(`"${"left ".repeat(100)}\n${"more ".repeat(100)}","${"right ".repeat(100)}"\n`);
  const piece = new Uint8Array(row.length * 40);
  for (let at = 0; at < piece.length; at += row.length) piece.set(row, at);
  const pieces = Math.ceil(size / piece.length);
  let given = 0;
  const source: ByteSource = {
    ...memorySource("a.csv", new Uint8Array(0)),
    async *stream() {
      for (let i = 0; i < pieces; i++) {
        given += piece.length;
        yield piece;
      }
    },
  };
  let read = 0;
  let most = 0;
  for await (const { end, fields } of readRecords(source, { owner: "test", roles: ROLES })) {
    most = Math.max(most, given - end);
    if (fields.left?.length !== 1000 || end !== read + row.length - 1) throw new Error(`a wrong record before ${end}`);
    read = end + 1;
  }
  expect(read).toBe(pieces * piece.length);
  expect(most).toBeLessThan(piece.length);
});
