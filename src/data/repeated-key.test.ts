import { expect, test } from "vitest";
import { repeatedKey } from "./repeated-key.ts";

test.each([
  ['{"a":1,"b":{"a":2}}', undefined],
  ['{"a":1,"a":2}', "a"],
  ['[{"x":[{"b":1}],"b":2},{"b":1,"\\u0062":2}]', "b"],
  ['{"a\\"b":"a\\"b:","c":"}{"}', undefined],
])("%s names twice: %s", (json, expected) => {
  expect(repeatedKey(json)).toBe(expected);
});

test.each(["x", "\\n", '\\"', "ab\\\\"])("a string of 20 MB of %j is no burden", (part) => {
  const text = part.repeat(20e6 / part.length);
  expect(repeatedKey(`{"a":"${text}","b":1,"b":2}`)).toBe("b");
});
