import { expect, test } from "vitest";
import { axisText } from "./axis-text.ts";

test.each([
  ["time", "time"],
  ["_t_2b_201", "t+ 1"],
  ["_past_20_2b_201", "past + 1"],
  ["_a_2db", "a-b"],
  ["_t_batch", "_t_batch"],
  ["__4e2d_6587", "中文"],
  ["_private", "_private"],
  ["_batch_size", "_batch_size"],
  ["_2batch", "2batch"],
])("%s is %s", (name, text) => {
  expect(axisText(name)).toBe(text);
});
