import { expect, test } from "vitest";
import { chromiumPath } from "./chromium.ts";
import { openPage } from "./harness.ts";

const ENTRY = new URL("./pages/faulty.ts", import.meta.url);

test("an error of a page fails when it is closed", async () => {
  const { page, close } = await openPage(ENTRY);
  await page.evaluate(() => {
    setTimeout(() => (globalThis as unknown as { fail: () => void }).fail(), 0);
  });
  await page.waitForFunction(() => (globalThis as unknown as { failed?: boolean }).failed);
  await expect(close()).rejects.toThrow(
    new Error("openPage: expected no error in the page but found:\npage error: on purpose"),
  );
});

test("a page without errors closes in peace", async () => {
  const { page, faults, close } = await openPage(ENTRY, { language: "zh-CN" });
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");
  expect(faults).toEqual([]);
  await close();
});

test("Chromium is found, or is said to be missing", () => {
  expect(chromiumPath()).toMatch(/chrom/);
  expect(() => chromiumPath(["", "/nowhere/chromium"])).toThrow(
    new Error(
      "chromium: expected Chromium at /usr/bin/chromium but found none; install it (Debian: apt-get install chromium) or set CHROMIUM_PATH",
    ),
  );
});
