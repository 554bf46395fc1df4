import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { allocate, array, type DType, type NdArray, product } from "../tensor/nd-array.ts";
import { readSafetensors, SAFETENSORS_DTYPES, writeSafetensors } from "./safetensors.ts";

const DTYPES = Object.keys(SAFETENSORS_DTYPES) as DType[];

/** A file with a header of one's own. */
function file(header: unknown, dataSize: number, { raw }: { raw?: boolean } = {}): Uint8Array {
  const json = new TextEncoder().encode(raw ? (header as string) : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataSize);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function messageOf(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return (error as Error).message;
  }
  return "nothing thrown";
}

const entry = (begin: number, end: number, rest: object = {}) => ({
  dtype: "F32",
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...rest,
});

/** Any tensor: bytes of any content, but 0 and 1 for `bool`. */
const tensors: fc.Arbitrary<NdArray> = fc
  .record({ dtype: fc.constantFrom(...DTYPES), shape: fc.array(fc.nat(3), { maxLength: 3 }) })
  .chain(({ dtype, shape }) => {
    const { byteLength } = allocate(dtype, product(shape));
    const byte = dtype === "bool" ? fc.nat(1) : fc.nat(255);
    return fc.array(byte, { minLength: byteLength, maxLength: byteLength }).map((bytes) => ({
      data: allocate(dtype, product(shape), Uint8Array.from(bytes).buffer),
      shape,
      dtype,
    }));
  });

test("what is written is read again, of every type", () => {
  const each = fc.tuple(fc.dictionary(fc.string(), tensors), fc.dictionary(fc.string(), fc.string()));
  fc.assert(
    fc.property(each, ([byName, metadata]) => {
      const before = new Map(Object.entries(byName));
      const bytes = writeSafetensors(before, metadata);
      const after = readSafetensors(bytes);
      expect([...after.tensors.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [name, { data, shape, dtype }] of before) {
        const read = after.tensors.get(name) as NdArray;
        expect([read.dtype, read.shape]).toEqual([dtype, shape]);
        const raw = (view: NdArray["data"]) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
        expect(raw(read.data)).toEqual(raw(data));
      }
      expect(after.metadata).toEqual(metadata);
    }),
    { numRuns: 100 },
  );
});

test("the same bytes come out whatever the order, and tensors are aligned", () => {
  const [a, b, c] = [array([1, 2, 3], [3], "uint8"), array([4, 5]), array([6], [1], "float64")];
  const first = writeSafetensors(new Map(Object.entries({ a, b, c })), { x: "1", y: "2" });
  expect(writeSafetensors(new Map(Object.entries({ c, b, a })), { y: "2", x: "1" })).toEqual(first);
  const { tensors: read } = readSafetensors(first);
  expect([...read.keys()]).toEqual(["c", "b", "a"]);
  for (const { data } of read.values()) expect(data.buffer).toBe(first.buffer);
});

test("a file inside a larger buffer is read where it lies, aligned or not", () => {
  const written = writeSafetensors(new Map([["x", array([1.5, -2], [2], "float64")]]));
  for (const offset of [8, 3]) {
    const buffer = new Uint8Array(written.length + 16);
    buffer.set(written, offset);
    const part = buffer.subarray(offset, offset + written.length);
    // A Node Buffer too: its slice() is a view, unlike that of other typed arrays.
    const asNode = typeof Buffer === "undefined" ? [] : [Buffer.from(part.buffer, part.byteOffset, part.length)];
    for (const bytes of [part, ...asNode]) {
      expect([...(readSafetensors(bytes).tensors.get("x") as NdArray).data]).toEqual([1.5, -2]);
    }
  }
});

describe("files that are refused", () => {
  const dtypes = "F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL";
  const cases: [what: string, bytes: Uint8Array, message: string][] = [
    ["too short for a length", new Uint8Array(7), "expected at least 8 bytes but found 7"],
    [
      "a header beyond the file",
      Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123, 125),
      "expected a header of at most 2 bytes but found 9",
    ],
    [
      "a header of 2^63 bytes",
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123, 125),
      "expected a header of at most 2 bytes but found 9223372036854776000",
    ],
    ["a list", file([], 0), "expected the header to be a JSON object but found []"],
    [
      "a name twice",
      file(`{"a":{"b":1},"a":{}}`, 0, { raw: true }),
      "expected each name once in the header but found a twice",
    ],
    [
      "a name twice, once escaped",
      file(`{"x":"{\\"","a":[{"q":1},{"q":1}],"\\u0061" :{}}`, 0, { raw: true }),
      "expected each name once in the header but found a twice",
    ],
    [
      "a field twice",
      file(`{"a":{"dtype":"F32","dtype":"F64"}}`, 0, { raw: true }),
      "expected each name once in the header but found dtype twice",
    ],
    [
      "metadata of numbers",
      file({ __metadata__: { a: 1 } }, 0),
      'expected __metadata__ to hold texts but found {"a":1}',
    ],
    ["an entry that is a list", file({ a: [] }, 0), "expected a to be an object but found []"],
    [
      "an unknown type",
      file({ a: entry(0, 4, { dtype: "F8" }) }, 4),
      `expected a to have dtype ${dtypes} but found "F8"`,
    ],
    [
      "a negative size",
      file({ a: entry(0, 4, { shape: [-1] }) }, 4),
      "expected a to have a shape of whole numbers but found [-1]",
    ],
    [
      "a missing shape",
      file({ a: { dtype: "F32" } }, 4),
      "expected a to have a shape of whole numbers but found undefined",
    ],
    [
      "three offsets",
      file({ a: entry(0, 4, { data_offsets: [0, 4, 8] }) }, 8),
      "expected a to have two data_offsets but found [0,4,8]",
    ],
    [
      "offsets the wrong way round",
      file({ a: entry(0, 4, { data_offsets: [4, 0] }) }, 4),
      "expected a to take 4 bytes as F32 [1] but found -4",
    ],
    [
      "a size that the shape has not",
      file({ a: entry(0, 8, { shape: [3] }) }, 8),
      "expected a to take 12 bytes as F32 [3] but found 8",
    ],
    ["an overlap", file({ a: entry(0, 8), b: entry(4, 12) }, 12), "expected the bytes of b to start at 8 but found 4"],
    ["a hole", file({ a: entry(0, 4), b: entry(8, 12) }, 12), "expected the bytes of b to start at 4 but found 8"],
    ["offsets beyond the file", file({ a: entry(0, 8) }, 4), "expected 8 bytes of tensors but found 4"],
    ["bytes after the last tensor", file({ a: entry(0, 4) }, 9), "expected 4 bytes of tensors but found 9"],
    [
      "a bool of 2",
      file({ a: { dtype: "BOOL", shape: [1], data_offsets: [0, 1] } }, 1).map((x, i, all) =>
        i === all.length - 1 ? 2 : x,
      ),
      "expected a to hold 0 and 1 but found another byte",
    ],
  ];
  test.each(cases)("%s", (_, bytes, message) => {
    expect(messageOf(bytes)).toBe(`safetensors: ${message}`);
  });

  test("a header that is not JSON, or not UTF-8", () => {
    expect(messageOf(file("{", 0, { raw: true }))).toMatch(/^safetensors: expected a header in JSON but found /);
    const bytes = file('{"a"}', 0, { raw: true });
    bytes[10] = 0xff;
    expect(messageOf(bytes)).toMatch(/^safetensors: expected a header in JSON but found /);
  });

  test("to write a reserved name, or data of another size", () => {
    const tensor = array([1, 2]);
    expect(() => writeSafetensors(new Map([["__metadata__", tensor]]))).toThrow(
      new DataError("safetensors: expected names of tensors but found __metadata__"),
    );
    expect(() => writeSafetensors(new Map([["x", { ...tensor, shape: [3] }]]))).toThrow(
      new DataError("safetensors: expected x to have shape [3] but found 2 elements"),
    );
  });
});

test("a damaged file is refused or read, never anything else", () => {
  const whole = writeSafetensors(
    new Map([
      ["weight", array([1, 2, 3, 4, 5, 6], [2, 3])],
      ["flags", array([1, 0], [2], "bool")],
    ]),
    { framework: "none" },
  );
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.nat(whole.length), (changes, cut) => {
      const bytes = whole.slice(0, cut % 3 === 0 ? cut : whole.length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      try {
        for (const { data, shape } of readSafetensors(bytes).tensors.values()) expect(data.length).toBe(product(shape));
      } catch (error) {
        expect((error as Error).message).toMatch(/^safetensors: expected /);
        expect(error).toBeInstanceOf(DataError);
      }
    }),
    { numRuns: 1000 },
  );
});
