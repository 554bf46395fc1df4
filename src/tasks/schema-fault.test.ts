import { expect, test } from "vitest";
import * as z from "zod/mini";
import { faultOf } from "./schema-fault.ts";

const SCHEMA = z.strictObject({
  count: z.int().check(z.minimum(1), z.maximum(5)),
  names: z.array(z.string()).check(z.minLength(1), z.maxLength(2)),
  version: z.literal(1),
  kind: z.enum(["x", "y"]),
  share: z.number().check(z.positive()),
  flag: z.boolean(),
  mark: z.string().check(z.length(1)),
  inner: z.object({ most: z.optional(z.number().check(z.lt(3))) }),
});

const RIGHT = { count: 1, names: ["a"], version: 1, kind: "x", share: 1, flag: true, mark: "m", inner: {} };

test.each([
  [{ count: 0 }, "count to be a number from 1 on but found 0"],
  [{ count: 9 }, "count to be a number up to 5 but found 9"],
  [{ count: 1.5 }, "count to be a whole number but found 1.5"],
  [{ count: "many" }, 'count to be a number but found "many"'],
  [{ names: [] }, "names to be a list of at least 1 element but found an empty list"],
  [{ names: ["a", "b", "c"] }, "names to be a list of at most 2 elements but found a list"],
  [{ names: ["a", null] }, "names.1 to be a string but found null"],
  [{ names: { 0: "a" } }, "names to be a list but found an object"],
  [{ version: 99 }, "version to be 1 but found 99"],
  [{ kind: "z".repeat(50) }, `kind to be "x" or "y" but found "${"z".repeat(40)}…"`],
  [{ share: 0 }, "share to be a number above 0 but found 0"],
  [{ flag: 0 }, "flag to be true or false but found 0"],
  [{ mark: "mm" }, 'mark to be a string of 1 character but found "mm"'],
  [{ inner: undefined }, "inner to be an object but found nothing"],
  [{ inner: { most: 3 } }, "inner.most to be a number below 3 but found 3"],
  [{ more: 1 }, ' to be without other fields but found "more"'],
])("%j is told", (change, message) => {
  const value = { ...RIGHT, ...change };
  const { path, wanted, found } = faultOf(SCHEMA.safeParse(value).error as z.core.$ZodError, value);
  expect(`${path} to be ${wanted} but found ${found}`).toBe(message);
});

test("what is no object at all is told", () => {
  const { error } = SCHEMA.safeParse([]);
  expect(faultOf(error as z.core.$ZodError, [])).toEqual({ path: "", wanted: "an object", found: "an empty list" });
});
