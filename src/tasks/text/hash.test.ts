import { describe, expect, it } from "vitest";
import { Fingerprint, hashText, shareOf } from "./hash.ts";

/** The shares of texts that differ in a number, over `bins` of equal size: what is to be expected has `bins − 1` ± 5 deviations. */
function chiSquare(texts: readonly string[], bins: number): number {
  const counts = new Float64Array(bins);
  for (const text of texts) {
    const bin = Math.floor(shareOf(text) * bins);
    counts[bin] = (counts[bin] as number) + 1;
  }
  const mean = texts.length / bins;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}

const numbered = (make: (i: number) => string) => Array.from({ length: 100_000 }, (_, i) => make(i));

describe("the hash of a text", () => {
  it("is the same for ever", () => {
    expect(["", "a", "ab", "ba", "Zwei Männer", "猫👍"].map(hashText)).toEqual([
      7913020219437708, 3603237826772641, 1487568635304213, 3266542320880356, 168442156436412, 3049642764903525,
    ]);
    expect(["", "a", "Zwei Männer"].map(shareOf)).toEqual([0.5420771075878292, 0.5377142818178982, 0.9691988334525377]);
  });

  it("is a whole number of 53 bits", () => {
    const all = numbered((i) => `text ${i}`).map(hashText);
    expect(all.every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
    expect(Math.max(...all.slice(0, 1000))).toBeGreaterThan(2 ** 52);
  });

  it("tells a million short texts apart", () => {
    const hashes = new Float64Array(1_000_000);
    for (let i = 0; i < hashes.length; i++)
      hashes[i] = hashText(i % 2 ? i.toString(36) : `${i}`.split("").reverse().join(" "));
    hashes.sort();
    let same = 0;
    for (let i = 1; i < hashes.length; i++) if (hashes[i] === hashes[i - 1]) same++;
    expect(same).toBe(0);
  });

  it("tells all texts of two characters apart, in other orders and lengths, too", () => {
    const characters = Array.from({ length: 128 }, (_, i) => String.fromCharCode(i));
    const texts = ["", ...characters, ...characters.flatMap((a) => characters.map((b) => a + b))];
    expect(new Set(texts.map(hashText)).size).toBe(texts.length);
  });
});

describe("the share of a text", () => {
  it.each<[string, (i: number) => string]>([
    ["numbers", (i) => `${i}`],
    ["sentences with a number", (i) => `Two men are at the stove ${i}`],
    ["a number at the start", (i) => `${i} men are at the stove`],
    ["letters", (i) => i.toString(26).replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))],
    ["Han", (i) => String.fromCharCode(0x4e00 + (i % 317), 0x4e00 + Math.floor(i / 317))],
    ["runs of one character", (i) => "a".repeat(i % 1000) + Math.floor(i / 1000)],
  ])("is even over %s", (_, make) => {
    const bins = 200;
    const found = chiSquare(numbered(make), bins);
    expect(Math.abs(found - (bins - 1)) / Math.sqrt(2 * (bins - 1))).toBeLessThan(5);
  });

  it("is from 0 to below 1", () => {
    const shares = numbered((i) => `${i}!`).map(shareOf);
    expect(shares.every((share) => share >= 0 && share < 1)).toBe(true);
  });
});

describe("a fingerprint", () => {
  type Records = readonly Readonly<Record<string, string>>[];

  function of(records: Records, part?: string): string {
    const fingerprint = new Fingerprint();
    for (const fields of records) fingerprint.add(fields, part);
    return fingerprint.text;
  }

  const RECORDS: Records = [
    { source: "a", target: "b" },
    { source: "c", target: "d", group: "1" },
    { source: "e", target: "f" },
  ];

  it("is the same for the same data", () => {
    expect(of(structuredClone(RECORDS))).toBe(of(RECORDS));
    expect(of([])).toBe("0:0");
    expect(of(RECORDS)).toMatch(/^3:[0-9a-f]{1,14}$/);
  });

  it.each<[string, Records]>([
    ["an early text", [{ source: "A", target: "b" }, ...RECORDS.slice(1)]],
    ["a late text", [...RECORDS.slice(0, 2), { source: "e", target: "F" }]],
    ["a space at the end", [...RECORDS.slice(0, 2), { source: "e", target: "f " }]],
    ["one more", [...RECORDS, { source: "e", target: "f" }]],
    ["one fewer", RECORDS.slice(0, 2)],
    ["another order", RECORDS.toReversed()],
    ["texts that change places", [{ source: "b", target: "a" }, ...RECORDS.slice(1)]],
    ["roles that change places", [{ target: "a", source: "b" }, ...RECORDS.slice(1)]],
    ["an optional text elsewhere", [{ ...RECORDS[0], group: "1" }, { source: "c", target: "d" }, ...RECORDS.slice(2)]],
    ["texts that are cut elsewhere", [{ source: "ab", target: "" }, ...RECORDS.slice(1)]],
  ])("changes with %s", (_, records) => {
    expect(of(records)).not.toBe(of(RECORDS));
  });

  it("changes with the part that the data is of", () => {
    expect(of(RECORDS, "test")).not.toBe(of(RECORDS));
  });

  it("tells data apart that differs in one early text, however long it is", () => {
    const later = Array.from({ length: 100 }, (_, i) => ({ source: `${i}` }));
    const found = Array.from({ length: 2000 }, (_, i) => of([{ source: `first ${i}` }, ...later]));
    expect(new Set(found).size).toBe(2000);
  });
});
