import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { launchChromium } from "./harness.ts";
import { builtPage, openStudio } from "./studio-page.ts";

/** What a reader sees who opens the page of an export from the disk, where browsers load no scripts. */

test("a page that was opened from the disk says what it needs, in both languages", async () => {
  const [folder, chrome] = await Promise.all([builtPage(), launchChromium()]);
  const page = await chrome.newPage({ viewport: { width: 360, height: 640 } });
  onTestFinished(() => page.close());
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  const said = page.locator("#not-started");
  expect(await said.isVisible()).toBe(false);
  await said.waitFor({ state: "visible" });
  expect((await said.innerText()).replace(/\s+/g, " ")).toMatch(
    /^Fovea Studio has not started, .*python3 -m http\.server.* Fovea Studio 未能启动：.*python3 -m http\.server/,
  );
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
});

test("a page that has started says nothing of it, however long it is open", async () => {
  const { page, faults } = await openStudio({ hash: "#/open" });
  await page.getByRole("heading", { name: "Open a model" }).waitFor();
  await page.waitForTimeout(3500);
  expect(await page.locator("#not-started").isVisible()).toBe(false);
  expect(faults).toEqual([]);
});
