import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TINY } from "../support/dates.ts";
import { launchChromium } from "./harness.ts";
import { type RunningStudio, runFovea, startStudio } from "./studio-server.ts";

let folder: string;
let studio: RunningStudio;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "fovea-runs-"));
  studio = await startStudio(folder);
  page = await (await (await launchChromium()).newContext({ locale: "en-US" })).newPage();
});

afterAll(async () => {
  await studio.stop();
  rmSync(folder, { recursive: true });
});

/** Trains a small model by the command line. */
function train(name: string, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const settings = Object.entries({ ...TINY, ...changes }).flatMap(([path, value]) => ["--set", `${path}=${value}`]);
  return runFovea(["train", "dates", "--out", `runs/${name}`, ...settings], folder);
}

const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });

/** Names of the curves in the first chart. */
const drawn = () => page.locator("fovea-line-chart").first().locator("svg text").allTextContents();

test("where there are no runs, the page says how to make one", async () => {
  await page.goto(`${studio.url}#/runs`);
  await page.getByText("npx fovea train dates").waitFor();
  expect(await page.locator("fovea-line-chart").count()).toBe(0);
});

test("a run is followed as it trains, keeps its curve while the server is away, and is looked at when it is finished", async () => {
  await train("first");
  const second = train("second", { steps: "1500", validateEvery: "50", batch: "64" });
  await row("second").getByText("running").waitFor();
  await row("first").getByRole("checkbox").check();
  await page.waitForFunction(() => location.hash.includes("show=second%2Cfirst"));

  const port = Number(new URL(studio.url).port);
  await studio.stop();
  await page.getByText("The server does not answer.").waitFor();
  await page.locator("fovea-line-chart").first().waitFor();
  studio = await startStudio(folder, port);
  await page.getByText("The server answers again.").waitFor();

  await second;
  await row("second").getByText("finished").waitFor();
  const text = await row("second").innerText();
  expect(text).toMatch(/1,500 \/ 1,500/);
  expect(text).toMatch(/% on test dates/);
  expect((await drawn()).join(" ")).toMatch(/second.*first/);

  const charts = await page.locator("fovea-line-chart").evaluateAll((all) => {
    return all.map((chart) => chart.getBoundingClientRect().top);
  });
  expect(charts).toHaveLength(3);
  expect(new Set(charts).size).toBe(1);

  await row("second").getByRole("button", { name: "Copy as code: second" }).click();
  const [command = ""] = (await page.locator("dialog pre").innerText()).split("\n");
  expect(command).toBe("npx fovea evaluate runs/second");
  const measured = JSON.parse(await runFovea([...command.split(" ").slice(2), "--format", "json"], folder));
  expect(measured.overall.count).toBe(Number(TINY.testCount));
  await page.keyboard.press("Escape");

  await row("second").getByRole("button", { name: "Look at the model of second" }).click();
  await page.waitForURL(/#\/look\?model=runs%2Fsecond/);
  await page
    .getByText(/\d{4}-\d\d-\d\d/)
    .first()
    .waitFor();
});
