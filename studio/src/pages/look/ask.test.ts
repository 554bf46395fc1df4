import type { Change, Explanation } from "fovea/tasks";
import { expect, test } from "vitest";
import { readChanged } from "./ask.ts";
import { NO_CHANGES } from "./look-state.ts";

const a: Explanation = {
  prediction: { text: "3 5", output: "35", confidence: 1, certain: true, valid: true },
  map: { rows: ["3", "5"], columns: ["3", " ", "5"], weights: [1, 0, 0, 0, 0, 1] },
  candidates: [],
};

/** A model that writes digits only, and never masks all of a text. */
async function explain({ masked = [], written = [] }: Change): Promise<Explanation> {
  const strange = written.find(({ token }) => !/^\d$/.test(token));
  if (strange) throw new RangeError(`explain: expected a digit but found ${strange.token}`);
  if (masked.length === 3) throw new RangeError("explain: expected a place to read but found none");
  return { ...a, map: { ...a.map, rows: written.map(({ token }) => token) } };
}

test("without changes nothing is asked", async () => {
  const never = () => Promise.reject(new Error("asked"));
  expect(await readChanged(a, NO_CHANGES, { explain: never, goesOn: false })).toEqual({
    b: undefined,
    change: undefined,
    applied: NO_CHANGES,
    left: [],
  });
});

test("a change that the model refuses does not keep it from the others", async () => {
  const whatIf = {
    masked: [0, 40],
    forced: [],
    written: [
      { step: 0, token: "A" },
      { step: 1, token: "7" },
    ],
  };
  const { b, change, applied, left } = await readChanged(a, whatIf, { explain, goesOn: false });
  expect(b?.map.rows).toEqual(["7"]);
  expect(change).toEqual({ masked: [0], written: [{ step: 1, token: "7" }] });
  expect(applied).toEqual({ masked: [0], forced: [], written: [{ step: 1, token: "7" }] });
  expect(left).toEqual([
    { change: { kind: "masked", place: 40 } },
    {
      change: { kind: "written", written: { step: 0, token: "A" } },
      why: new RangeError("explain: expected a digit but found A"),
    },
  ]);
});

test("what is taken alone may still not go together", async () => {
  const whatIf = { masked: [0, 1, 2], forced: [], written: [{ step: 0, token: "A" }] };
  const { b, left } = await readChanged(a, whatIf, { explain, goesOn: false });
  expect(b).toBe(undefined);
  expect(left.map(({ change }) => change.kind)).toEqual(["written", "masked", "masked", "masked"]);
});

test("changes that do not go together are all left out, with the reason", async () => {
  const { b, applied, left } = await readChanged(a, { ...NO_CHANGES, masked: [0, 1, 2] }, { explain, goesOn: false });
  expect(b).toBe(undefined);
  expect(applied).toEqual(NO_CHANGES);
  const why = new RangeError("explain: expected a place to read but found none");
  expect(left).toEqual([0, 1, 2].map((place) => ({ change: { kind: "masked", place }, why })));
});

test("a model that goes on from what it wrote may be changed behind its answer's end", async () => {
  const whatIf = { ...NO_CHANGES, written: [{ step: 2, token: "7" }] };
  const { b, left } = await readChanged(a, whatIf, { explain, goesOn: true });
  expect([b?.map.rows, left]).toEqual([["7"], []]);
  expect((await readChanged(a, whatIf, { explain, goesOn: false })).left).toHaveLength(1);
});
