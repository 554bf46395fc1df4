import { expect, it } from "vitest";
import { isNameInside, partsInside } from "./file-name.ts";

it.each(["a", "a.b", "deep/er/a", ".hidden", "..a", "日期 1", "a b"])("%j is the name of a file inside", (name) => {
  expect(partsInside("here", name)).toEqual(name.split("/"));
});

it.each(["", ".", "..", "/a", "a/", "a//b", "a/../b", "./a", "a\\b", "C:a", "a\u0000", "a\nb", "a\u0085"])(
  "%j is none",
  (name) => {
    expect(isNameInside(name)).toBe(false);
    expect(() => partsInside("here", name)).toThrow(
      new RangeError(`folder: expected the name of a file inside here but found ${name}`),
    );
  },
);
