import { EXPORTS } from "fovea/views";
import { expect, test } from "vitest";
import { exportOptions, fileName } from "./export-file.ts";

const MAP = { title: "3 May 1979 → 1979-05-03", rows: ["1"], columns: ["3", "␣"], weights: [0.25, 0.5] };
const CHANGE = { masked: [1] };
const svg = (change: typeof CHANGE | undefined, look: Parameters<typeof exportOptions>[1]) =>
  EXPORTS.find(({ name }) => name === "svg")?.make(MAP, exportOptions({ label: "", what: MAP, change }, look));

test("a changed reading has a name of its own", () => {
  expect(fileName({ label: "A", what: MAP })).toBe("3-May-1979-1979-05-03");
  expect(fileName({ label: "B", what: MAP, change: CHANGE })).toBe("3-May-1979-1979-05-03-changed");
  expect(fileName({ label: "", what: { curves: [{ name: "loss", x: [], y: [] }] } })).toBe("loss");
});

test("pictures have the scale and the turn that are shown", () => {
  expect(svg(undefined, { scale: "row", transposed: false })).toContain("weight, share of the row&#39;s largest");
  expect(svg(undefined, { scale: "gamma", transposed: false })).toContain("attention weight, gamma 0.5");
  expect(svg(undefined, { scale: "absolute", transposed: true })).not.toBe(svg(undefined, undefined));
  expect(svg(CHANGE, undefined)).toContain("changed: “␣” (2) masked");
});
