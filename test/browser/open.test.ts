import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeBackend, nodeFolder } from "fovea/node";
import type { Page } from "playwright";
import { expect, test } from "vitest";
import { MultiHeadAttention } from "../../src/attention/index.ts";
import { zipFolder } from "../../src/data/zip.ts";
import { initialize, Module, trace } from "../../src/nn/index.ts";
import { exportOnnx, openGraph, openModel } from "../../src/tasks/index.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { renderTerminal } from "../../src/views/index.ts";
import { train } from "../support/dates.ts";
import { seriousFaults } from "./accessibility.ts";
import { openStudio, scratchFolder, shownMap, tinyModel, waitForAnswer } from "./studio-page.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLE = "the 29th of August 1958";

class Reader extends Module {
  heads = new MultiHeadAttention({ queryDim: 9, heads: 3 });

  forward({ states }: { states: Tensor }) {
    const { output, weights } = this.heads.forward({ query: states, key: states, value: states });
    trace("reading", weights, "batch heads queryLen keyLen");
    return { output };
  }
}

/** An ONNX file whose attention has three heads. */
function graphFile(): string {
  const reader = new Reader();
  initialize(reader, 5);
  const file = join(scratchFolder(), "heads.onnx");
  writeFileSync(file, exportOnnx(reader, { states: { shape: ["batch", "time", 9], dtype: "float32" } }));
  return file;
}

async function zipFile(): Promise<string> {
  const file = join(scratchFolder(), "mine.zip");
  writeFileSync(file, await zipFolder(nodeFolder(await tinyModel())));
  return file;
}

const pick = (page: Page, kind: "file" | "folder", path: string) =>
  page
    .locator("input[type=file]")
    .nth(kind === "file" ? 0 : 1)
    .setInputFiles(path);

const fault = (page: Page) => page.getByRole("alert").innerText();

test.each(["zip", "folder"])("a %s is opened, kept by the browser, and removed", async (kind) => {
  const { page, address, faults } = await openStudio({ hash: "#/open" });
  if (kind === "zip") await pick(page, "file", await zipFile());
  else await pick(page, "folder", await tinyModel());
  await waitForAnswer(page, EXAMPLE);
  const name = kind === "zip" ? "mine" : "tiny";
  expect(new URL(page.url()).hash).toBe(`#/look?model=${name}`);
  const model = await openModel(nodeFolder(await tinyModel()), nodeBackend);
  const { prediction } = await model.explain(EXAMPLE);
  await model.close();
  expect(await page.locator(".answer").textContent()).toBe(prediction.output);

  await page.goto(`${address}#/open`);
  const row = page.locator(".model-row");
  await row.getByText("kept in this browser").waitFor();
  await page.waitForFunction(async () => {
    const root = await navigator.storage.getDirectory();
    const all = await root.getDirectoryHandle("fovea");
    for await (const _ of (all as unknown as { values(): AsyncIterable<unknown> }).values()) return true;
    return false;
  });
  await page.reload();
  await row.waitFor();
  expect(await row.innerText()).toContain(name);
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await row.waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

test("an exported graph: its inputs become a form, its heads are those of the graph", async () => {
  const file = graphFile();
  const { page, faults } = await openStudio({ hash: "#/open" });
  await pick(page, "file", file);
  const grid = page.locator("fovea-head-grid");
  await grid.waitFor();
  await page.getByLabel("time", { exact: true }).fill("5");
  await page.getByLabel("Seed", { exact: true }).fill("9");
  await page.waitForFunction(() => {
    const map = document.querySelector("fovea-attention-map") as unknown as { map: { columns: string[] } } | null;
    return map?.map.columns.length === 5;
  });
  await page.keyboard.press("Tab");
  await page.keyboard.press(".");
  await page.keyboard.press(".");
  await expect.poll(() => page.locator("#head-map").textContent()).toBe("head 3");
  const graph = await openGraph(readFileSync(file), nodeBackend);
  const { maps } = await graph.run({ sizes: { batch: 1, time: 5 }, seed: 9 });
  await graph.close();
  const { weights } = await shownMap(page, "fovea-attention-map");
  const wanted = Array.from(maps[0]?.weights.slice(50, 75) ?? []);
  expect(weights).toHaveLength(25);
  for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo(wanted[i] as number, 5);

  await page.getByRole("button", { name: "Copy as code" }).click();
  const program = ((await page.locator("dialog pre").textContent()) as string).replace(
    '"heads.onnx"',
    JSON.stringify(file),
  );
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const shown = await shownMap(page, "fovea-attention-map");
  expect(printed).toBe(`${renderTerminal({ title: "head 3", axes: "queries", ...shown })}\n`);
  await page.keyboard.press("Escape");

  const time = page.getByLabel("time", { exact: true });
  await time.fill("0");
  expect(await page.getByRole("alert").innerText()).toBe("A whole number from 1 to 1024");
  expect(await time.inputValue()).toBe("0");
  expect(new URL(page.url()).hash).toContain("time%3A5");
  await time.blur();
  expect(await time.inputValue()).toBe("5");
  const draw = page.getByRole("button", { name: "Draw others" });
  expect(await draw.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)).toBe(true);

  const nested = JSON.stringify({ states: [Array.from({ length: 3 }, () => new Array(9).fill(0.5))] });
  await page.getByLabel("Values, as JSON").fill(nested);
  await expect.poll(async () => (await shownMap(page, "fovea-attention-map")).columns).toEqual(["1", "2", "3"]);
  expect([await time.inputValue(), await time.isDisabled()]).toEqual(["3", true]);

  await page.getByLabel("Values, as JSON").fill('{"states": [1, 2]}');
  await page.getByRole("alert").waitFor();
  expect(await fault(page)).toContain("45 numbers for states [1,5,9]");
  expect(await seriousFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
});

test("what is no model is refused in words, and what was open stays open", async () => {
  const folder = scratchFolder();
  const file = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const { page, address, faults } = await openStudio({ model: await tinyModel(), hash: "#/open" });
  await page.getByText("beside this page").waitFor();
  await pick(page, "file", file("damaged.zip", Buffer.from("PK\x03\x04 and then nothing")));
  await page.getByRole("alert").waitFor();
  expect(await fault(page)).toContain("damaged to be a zip archive");
  await pick(page, "file", file("large.onnx", Buffer.alloc(50 * 2 ** 20, 1)));
  await expect.poll(() => fault(page)).toContain("large.onnx to load");
  await pick(page, "file", file("letter.txt", Buffer.from("Dear model")));
  await expect
    .poll(() => fault(page))
    .toContain("a model folder (with config.json), its .zip or an .onnx file\nFound\nletter.txt");
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    const file = new File(["x"], "huge.onnx");
    Object.defineProperty(file, "size", { value: 300 * 2 ** 20 });
    const items = [{ kind: "file", webkitGetAsEntry: () => null, getAsFile: () => file }];
    Object.defineProperty(transfer, "items", { value: items });
    Object.defineProperty(transfer, "types", { value: ["Files"] });
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await expect.poll(() => fault(page)).toContain("files of at most 256 MB\nFound\nhuge.onnx of 300 MB");
  await page.goto(`${address}#/look?text=3+May+1979`);
  await waitForAnswer(page, "3 May 1979");
  expect(faults).toEqual([]);
});

test("?url= opens a model of the page's own server, and of no other", async () => {
  const { page, address, faults } = await openStudio({ model: await tinyModel() });
  await page.goto(`${address}?url=model/#/look?text=3+May+1979&q=1&k=2`);
  await waitForAnswer(page, "3 May 1979");
  expect(new URL(page.url()).hash).toBe("#/look?text=3+May+1979&q=1&k=2&model=model");
  await page.goto(`${address}?url=https://example.com/model.zip`);
  await page.getByRole("alert").waitFor();
  expect(await fault(page)).toBe(
    "This could not be opened\nExpected\nan address of this page's own server\nFound\nhttps://example.com/model.zip\nWhat helps\ndownload the model and drop it here, as this page asks no other server",
  );
  expect(faults).toEqual([]);
});

test("a link to the model of a run opens it, after a reload too; one to no run says so", async () => {
  const runs = scratchFolder();
  await train(nodeFolder(join(runs, "first")));
  const { page, address, faults } = await openStudio({ runs, hash: "#/look?model=runs%2Ffirst&text=3+May+1979" });
  await waitForAnswer(page, "3 May 1979");
  await page.reload();
  await waitForAnswer(page, "3 May 1979");
  await page.goto(`${address}#/look?model=runs%2Fsecond`);
  await page.getByText("a model named “runs/second”, which is not open in this page").waitFor();
  await page.goto(`${address}#/look?model=runs%2Ffirst&text=x`);
  await waitForAnswer(page, "x");
  expect(faults).toEqual([]);
});

test("what is refused is said in Chinese, too", async () => {
  const { page, faults } = await openStudio({ hash: "#/open", locale: "zh-CN" });
  const file = join(scratchFolder(), "damaged.zip");
  writeFileSync(file, "PK\x03\x04 and then nothing");
  await pick(page, "file", file);
  await page.getByRole("alert").waitFor();
  expect(await fault(page)).toBe("无法打开\n\ndamaged 不是可用的 zip 压缩包：它不完整，后半部分缺失。");
  expect(faults).toEqual([]);
});

test("a worker that dies is said, and a new one answers", async () => {
  const { page, faults } = await openStudio({ model: await tinyModel() });
  await waitForAnswer(page, EXAMPLE);
  const [worker] = page.workers();
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("on purpose");
    });
  });
  await page.locator(".notice").waitFor();
  expect(await page.locator(".notice").innerText()).toContain("was started anew; nothing you opened is lost");
  await page.getByLabel("Text", { exact: true }).fill("3 May 1979");
  await waitForAnswer(page, "3 May 1979");
  expect(faults.filter((text) => !text.includes("on purpose"))).toEqual([]);
});

test("the empty state says what can be done, and is fit to be seen", async () => {
  const { page, faults } = await openStudio();
  const ways = page.locator("main a");
  await ways.first().waitFor();
  expect(await ways.evaluateAll((all) => all.map((way) => way.getAttribute("href")))).toEqual([
    "#/train",
    "#/open",
    "#/runs",
    "#/catalogue",
  ]);
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole("navigation").getByRole("link", { name: "Open" }).click();
  expect(await page.title()).toBe("Open · Fovea Studio");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "中文" }).click();
  expect(await page.title()).toBe("打开 · Fovea Studio");
  await page.reload();
  await expect.poll(() => page.title()).toBe("打开 · Fovea Studio");
  expect(faults).toEqual([]);
});

test("what is copied as code gives the same answer", async () => {
  const folder = await tinyModel();
  const text = "it's 3/5/79";
  const changed = await openStudio({ model: folder, hash: `#/look?text=${encodeURIComponent(text)}&masked=1` });
  const { page, faults } = changed;
  await page.locator("fovea-compare").waitFor();
  const answers = await page.locator(".answer").allTextContents();
  await page.getByRole("button", { name: "Copy as code" }).click();
  const code = async (tab: string) => {
    await page.getByRole("dialog").getByRole("button", { name: tab, exact: true }).click();
    return (await page.locator("dialog pre").textContent()) as string;
  };
  const run = (file: string, args: string[]) => execFileSync(file, args, { cwd: ROOT, encoding: "utf8" });
  const program = (await code("TypeScript")).replace('"runs/tiny"', JSON.stringify(folder));
  expect(run(process.execPath, ["--input-type=module", "--eval", program]).split(" ")[0]).toBe(answers[1]);
  const command = (await code("Command line"))
    .replace("runs/tiny", folder)
    .replace("npx fovea", '"$0" dist/cli/main.js');
  expect(run("sh", ["-c", command, process.execPath])).toContain(answers[0]);

  const request = run("sh", ["-c", `curl() { printf '%s\\n' "$@"; }; ${await code("curl")}`])
    .trim()
    .split("\n");
  const [quiet, address, , header, , body] = request;
  expect([quiet, header]).toEqual(["-s", "content-type: application/json"]);
  const type = { "content-type": "application/json" };
  const response = await fetch(address as string, { method: "POST", headers: type, body: body as string });
  const { prediction } = (await response.json()) as { prediction: { output: string } };
  expect(prediction.output).toBe(answers[1]);
  expect(faults).toEqual([]);
});
