import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tryToWrite } from "./out-folder.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-out-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("the trial of a folder follows no link and writes over nothing", async () => {
  const other = join(folder, "other");
  writeFileSync(other, "mine");
  symlinkSync(other, join(folder, `.fovea-${process.pid}.unfinished`));
  await expect(tryToWrite(folder)).rejects.toMatchObject({ code: "EEXIST" });
  expect(readFileSync(other, "utf8")).toBe("mine");
});
