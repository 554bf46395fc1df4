import fc from "fast-check";
import { expect, test } from "vitest";
import { LOOK_FIELDS, type LookState } from "../pages/look/look-state.ts";
import { formatAddress, LONGEST_ADDRESS, parseAddress, readFields, writeFields } from "./hash.ts";

test("reads a page and its values", () => {
  const { value, dropped } = parseAddress("#/look?model=dates&text=3+May%201979&q=3", "look");
  expect(value.page).toBe("look");
  expect([...value.values]).toEqual([
    ["model", "dates"],
    ["text", "3 May 1979"],
    ["q", "3"],
  ]);
  expect(dropped).toEqual([]);
});

test.each([
  ["", "look", []],
  ["#", "look", []],
  ["#/open", "open", []],
  ["#/%%%?x=1", "look", ["%%%"]],
  ["#/look?text=%E0%A4%A&q=1", "look", []],
  ["#/look?q=1&q=2", "look", ["q"]],
  ["#/look?__proto__=1", "look", ["__proto__"]],
  [`#/look?text=${"a".repeat(1_000_000)}`, "look", ["#"]],
])("reads %.40s without throwing", (hash, page, dropped) => {
  const read = parseAddress(hash, "look");
  expect({ page: read.value.page, dropped: read.dropped }).toEqual({ page, dropped });
});

test.each([
  ["q", "-1"],
  ["q", "1e9"],
  ["q", "99999999999999999999"],
  ["q", "NaN"],
  ["scale", "huge"],
  ["turned", "yes"],
  ["masked", "1~x"],
  ["forced", "1:2*0"],
  ["forced", "1:2*NaN"],
  ["forced", "1"],
  ["written", "x:1"],
  ["sizes", "batch:0"],
  ["text", "a".repeat(5000)],
  ["constructor", "1"],
  ["masked", Array.from({ length: 65 }, () => 1).join("~")],
])("drops %s=%.20s and keeps the rest", (name, value) => {
  const { value: state, dropped } = readFields(
    LOOK_FIELDS,
    new Map([
      ["model", "m"],
      [name, value],
    ]),
  );
  expect(dropped).toEqual([name]);
  expect(state.model).toBe("m");
  expect({ ...state, model: "" }).toEqual(readFields(LOOK_FIELDS, new Map()).value);
});

const place = fc.integer({ min: 0, max: 65_535 });
const share = fc.integer({ min: 1, max: 1_000_000 }).map((value) => value / 1e6);

const states: fc.Arbitrary<LookState> = fc.record({
  model: fc.string({ unit: "grapheme", maxLength: 60 }),
  text: fc.option(fc.string({ unit: "grapheme", maxLength: 100 }), { nil: undefined }),
  q: fc.option(place, { nil: undefined }),
  k: fc.option(place, { nil: undefined }),
  view: fc.constantFrom("matrix", "table"),
  scale: fc.constantFrom("absolute", "row", "gamma"),
  turned: fc.boolean(),
  masked: fc.array(place, { maxLength: 20 }),
  forced: fc.array(
    fc.record({ step: place, shares: fc.array(fc.record({ place, share }), { minLength: 1, maxLength: 5 }) }),
    { maxLength: 8 },
  ),
  written: fc.array(fc.record({ step: place, token: fc.string({ unit: "grapheme", maxLength: 8 }) }), { maxLength: 8 }),
  head: fc.option(place, { nil: undefined }),
  sizes: fc.dictionary(fc.stringMatching(/^[a-z]\w{0,10}$/), fc.integer({ min: 1, max: 65_535 }), { maxKeys: 5 }),
  inputs: fc.string({ maxLength: 50 }),
  seed: fc.option(place, { nil: undefined }),
});

test("an address reads back as the state that it was written from", () => {
  fc.assert(
    fc.property(states, (state) => {
      const hash = formatAddress({ page: "look", values: writeFields(LOOK_FIELDS, state) });
      fc.pre(hash.length <= LONGEST_ADDRESS);
      const { value, dropped } = parseAddress(hash, "open");
      const read = readFields(LOOK_FIELDS, value.values);
      expect({ page: value.page, state: read.value, dropped: [...dropped, ...read.dropped] }).toEqual({
        page: "look",
        state: { ...state, sizes: { ...state.sizes } },
        dropped: [],
      });
    }),
  );
});

test("no text is too strange for an address", () => {
  const noise = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((text) => `#/look?forced=${text}`),
  );
  fc.assert(
    fc.property(noise, (hash) => {
      const { value } = parseAddress(hash, "look");
      const { value: state } = readFields(LOOK_FIELDS, value.values);
      expect(value.page).toMatch(/^[a-z-]+$/);
      expect(Object.keys(state)).toEqual(Object.keys(LOOK_FIELDS));
    }),
  );
});
