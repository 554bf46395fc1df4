import { MECHANISMS } from "fovea/attention";
import { expect, test } from "vitest";
import { CATALOGUE } from "../../messages/catalogue.ts";
import { isFound } from "./search.ts";

/** Names of the mechanisms that a text finds, as the Chinese page asks for them. */
function found(text: string): string[] {
  const { families } = CATALOGUE["zh-CN"];
  return MECHANISMS.filter((mechanism) => {
    const { example, family } = mechanism;
    return isFound({ ...mechanism, task: example.task, about: "" }, text, families[family]);
  }).map(({ name }) => name);
}

test("a mechanism is found by its name, its paper and its use, in either language", () => {
  expect(found("gaussian")).toEqual(["gaussian-kernel"]);
  expect(found("  NADARAYA ")).toEqual(["gaussian-kernel"]);
  expect(found("取平均")).toEqual(["gaussian-kernel"]);
  expect(found("缓存必须尽量小")).toEqual(["multi-query"]);
  expect(found("no such thing")).toEqual([]);
  expect(found("")).toHaveLength(MECHANISMS.length);
});

test("a mechanism is found by its family's heading and by what is asked in its task", () => {
  const windows = MECHANISMS.filter(({ family }) => family === "windows").map(({ name }) => name);
  expect(found("窗口：")).toEqual(windows);
  expect(found("正方形").length).toBeGreaterThan(0);
});
