import { expect, test } from "vitest";
import { type DateReader, readAll } from "./reader.ts";

test("reading many texts stops at an abort, with its reason", async () => {
  const controller = new AbortController();
  let reads = 0;
  const reader = {
    async read() {
      reads++;
      controller.abort(new Error("enough"));
      return {};
    },
  } as unknown as DateReader;
  const texts = Array.from({ length: 1000 }, () => ({ text: "1 may 1998" }));
  const all = async () => {
    for await (const { part } of readAll(reader, texts, controller.signal)) expect(part.length).toBe(250);
  };
  await expect(all()).rejects.toThrow(new Error("enough"));
  expect(reads).toBe(1);
});
