import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { expect, test } from "vitest";
import { filesFolder } from "../../src/data/index.ts";
import { nodeBackend } from "../../src/runtime/node.ts";
import { openModel } from "../../src/tasks/index.ts";
import { seriousFaults } from "./accessibility.ts";
import { openStudio, scratchFolder, shownMap } from "./studio-page.ts";
import { sentencePairs, TINY_TEXTS } from "./text-models.ts";
import { downloadModel, finished, reached } from "./train-page.ts";

/** Training in the page on files of the reader's. */

const PATIENCE = 120_000;

function dataFile(name: string, content: string): string {
  const file = join(scratchFolder(), name);
  writeFileSync(file, content);
  return file;
}

const pick = (page: Page, files: string | string[], part = "train") => {
  return page.locator(`input[data-part=${part}]`).setInputFiles(files);
};

async function choose(page: Page, recipe: string): Promise<void> {
  await page.getByLabel("Recipe").selectOption(recipe);
}

const start = (page: Page) => page.getByRole("button", { name: "Start training" });

/** Fills in settings of a training that is a matter of seconds. */
async function fillIn(page: Page, changes: Readonly<Record<string, string>>): Promise<void> {
  const { steps = "", ...others } = { ...TINY_TEXTS, "model.decoderDim": "6", ...changes };
  await page.getByLabel("Steps", { exact: true }).fill(steps);
  await page.getByText("All settings").click();
  for (const [path, value] of Object.entries(others)) await page.getByLabel(path, { exact: true }).fill(value);
}

test("a rewriter is trained on a file to the end, is looked at, and is the folder that the library reads", async () => {
  const { page, faults } = await openStudio({ hash: "#/train" });
  await choose(page, "transduce");
  expect(await start(page).isDisabled()).toBe(true);
  await page.getByText("Choose data first.").waitFor();
  await pick(page, dataFile("pairs.tsv", sentencePairs()));
  await page.getByText("62 records; the first:").waitFor();
  const first = await page.getByLabel("Text 1", { exact: true }).inputValue();
  expect(sentencePairs()).toContain(`\n${first}\t`);
  expect(await page.getByLabel("Steps", { exact: true }).getAttribute("placeholder")).toBe("by the data");
  await fillIn(page, { steps: "12" });
  await page.getByRole("button", { name: "Copy as code" }).click();
  expect(await page.locator("dialog pre").innerText()).toContain("npx fovea train transduce --seed 1 --steps 12");
  expect(await page.locator("dialog pre").innerText()).toContain("--data pairs.tsv");
  await page.keyboard.press("Escape");
  await start(page).click();
  await page
    .getByText(/Learns from \d+ examples; \d+ to validate, \d+ to test\. Vocabulary: \d+ source tokens/)
    .waitFor();
  await finished(page, PATIENCE);
  await page.getByText(/\d+ of \d+ test texts answered right/).waitFor();
  await page.getByText("By length of the text").waitFor();

  const files = await downloadModel(page);
  const model = await openModel(filesFolder(files), nodeBackend);
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.locator("fovea-attention-map").first().waitFor();
  const text = await page.getByLabel("Text", { exact: true }).inputValue();
  expect(await page.getByRole("group", { name: "Examples" }).getByRole("button").count()).toBeGreaterThan(1);
  const { prediction, map } = await model.explain(text);
  const shown = await shownMap(page, "fovea-attention-map");
  expect([shown.rows, shown.columns]).toEqual([map.rows, map.columns]);
  expect(shown.columns).toEqual([...text, "</s>"]);
  expect((await page.locator(".answer").textContent())?.replace(/^nothing$/, "")).toBe(prediction.output);
  await model.close();
  expect(faults).toEqual([]);
});

test("what is wrong with a file is said with its line and column, and columns of other names are told", async () => {
  const { page, faults } = await openStudio({ hash: "#/train" });
  await choose(page, "translate");
  await pick(page, dataFile("bad.csv", "one,two\nthree\n"));
  const alert = page.getByRole("alert");
  await alert
    .getByText("Expected 2 columns (source, target) at bad.csv:2:6 but found 1; part columns by a comma")
    .waitFor();
  expect(await start(page).isDisabled()).toBe(true);
  await page.getByText("Validation and test files, bad records").click();
  await page.getByLabel("Leave bad records out").check();
  await page.getByText("Bad records left out: 1.").waitFor();
  expect(await start(page).isEnabled()).toBe(true);

  await pick(page, dataFile("three.tsv", "id\tGerman\tEnglish\n1\tja\tyes\n2\tnein\tno\n"));
  await page.getByLabel("Column of source").selectOption({ label: "German" });
  await page.getByLabel("Column of target").selectOption({ label: "English" });
  await page.getByText("2 records; the first:").waitFor();
  expect(await page.locator(".train-records tbody tr").first().innerText()).toBe("ja\tyes");
  await pick(page, [dataFile("x.de", "ja\nnein\n"), dataFile("x.en", "yes\n")]);
  await alert.getByText("Expected as many lines in x.de as in x.en but found 2 and 1").waitFor();
  expect(faults).toEqual([]);
});

test("a table that is dropped onto the page is data; sample data is made in the page", async () => {
  const { page, faults } = await openStudio({ hash: "#/train" });
  await page.getByLabel("Recipe").waitFor();
  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["a\tb\nc\td\n"], "dropped.tsv"));
    return transfer;
  });
  await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
  await page.getByText("2 records; the first:").waitFor();
  expect(await page.getByLabel("Recipe").inputValue()).toBe("transduce");
  await page.getByRole("button", { name: "German, French dates → ISO" }).click();
  await page.getByText("10,000 records; the first:").waitFor();
  await page.getByRole("button", { name: "Copy as code" }).click();
  expect((await page.locator("dialog pre").innerText()).split("\n")[0]).toBe(
    "npx fovea generate foreign-dates -o foreign-dates.tsv",
  );
  expect(faults).toEqual([]);
});

test("a page that was closed goes on with the data that the browser keeps", async () => {
  const { page, faults } = await openStudio({ hash: "#/train" });
  page.on("dialog", (dialog) => dialog.accept());
  await choose(page, "transduce");
  await pick(page, dataFile("kept pairs.tsv", sentencePairs()));
  await page.getByText("62 records; the first:").waitFor();
  await fillIn(page, { steps: "4000", validateEvery: "20", patience: "1000" });
  await start(page).click();
  await reached(page, 21);
  await page.reload();
  const goOn = page.getByRole("button", { name: "Go on from step" });
  const [step] = /\d+/.exec(await goOn.innerText()) ?? [];
  await goOn.click();
  await reached(page, Number(step) + 5);
  await page.getByText(/Learns from \d+ examples/).waitFor();
  await page.getByRole("button", { name: "Stop now" }).click();
  await finished(page, PATIENCE);
  expect(faults).toEqual([]);
});

test("the form on a phone, in Chinese and in the dark: nothing sticks out, and no one is kept out", async () => {
  const phone = { viewport: { width: 360, height: 740 }, locale: "zh-CN", colorScheme: "dark" } as const;
  const { page, faults } = await openStudio({ hash: "#/train", ...phone, reducedMotion: "reduce" });
  await page.getByLabel("配方").selectOption("dialogue");
  await pick(page, dataFile("bad.tsv", "你好\t您好\n再见\n"));
  await page.getByText("第 2 行第 3 列处有 2 列（source, target）").waitFor();
  await page.getByText("验证与测试文件、有误的记录").click();
  await page.getByLabel("略去有误的记录").check();
  await page.getByText("已略去 1 条有误的记录。").waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
});
