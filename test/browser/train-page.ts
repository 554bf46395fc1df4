import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import type { Page } from "playwright";
import { TINY } from "../support/dates.ts";

/** What a reader does on the Train page. */

/** Fills in the settings of a training that is a matter of seconds, and starts it. */
export async function startTraining(page: Page, changes: Readonly<Record<string, string>> = {}): Promise<void> {
  const { steps = "", ...others } = { ...TINY, ...changes };
  await page.getByLabel("Steps", { exact: true }).fill(steps);
  await page.getByLabel("Stop at").fill("");
  await page.getByText("All settings").click();
  for (const [path, value] of Object.entries(others)) {
    const box = page.getByLabel(path, { exact: true });
    if ((await box.inputValue()) !== value) await box.fill(value);
  }
  await page.getByRole("button", { name: "Start training" }).click();
}

/** Waits until so many steps are taken. */
export async function reached(page: Page, step: number): Promise<void> {
  const isReached = (least: number) => {
    const [, text = "0"] = /Step ([\d,]+) of/.exec(document.querySelector("main")?.innerText ?? "") ?? [];
    return Number(text.replaceAll(",", "")) >= least;
  };
  await page.waitForFunction(isReached, step, { timeout: 120_000 });
}

/** Waits for the trained model. */
export async function finished(page: Page, timeout?: number): Promise<void> {
  await page.getByRole("region", { name: "The trained model" }).waitFor(timeout === undefined ? {} : { timeout });
}

/** The files in the zip that the page hands out, by path. */
export async function downloadModel(page: Page): Promise<Map<string, Uint8Array>> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download model (zip)" }).click();
  const path = await (await downloading).path();
  return new Map(Object.entries(unzipSync(readFileSync(path))));
}
