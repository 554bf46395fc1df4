import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeBackend, nodeFolder } from "fovea/node";
import * as onnx from "onnxruntime-node";
import { expect, test } from "vitest";
import { encodeText, MAX_INPUT } from "../../src/data/dates/index.ts";
import { type Change, openModel } from "../../src/tasks/index.ts";
import { seriousFaults } from "./accessibility.ts";
import { openStudio, shownMap, tinyModel, waitForAnswer } from "./studio-page.ts";

const TEXT = "3 May 1979";

/** What the exported model gives for a text, by ONNX Runtime alone. */
async function attentionOf(folder: string, text: string): Promise<number[]> {
  const session = await onnx.InferenceSession.create(join(folder, "onnx/model.onnx"));
  const ids = new Int32Array(MAX_INPUT);
  const { length } = encodeText(text, ids);
  const { attention } = await session.run({
    text: new onnx.Tensor("int32", ids, [1, MAX_INPUT]),
    lengths: new onnx.Tensor("int32", Int32Array.of(length), [1]),
  });
  const all = Array.from(attention?.data as Float32Array);
  return Array.from({ length: 10 }, (_, row) => all.slice(row * MAX_INPUT, row * MAX_INPUT + length)).flat();
}

async function explain(folder: string, text: string, change?: Change) {
  const model = await openModel(nodeFolder(folder), nodeBackend);
  const explanation = await model.explain(text, change);
  await model.close();
  return explanation;
}

function expectNear(found: readonly number[], wanted: ArrayLike<number>): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, weight] of found.entries()) expect(weight).toBeCloseTo(wanted[i] as number, 5);
}

test("the numbers on screen are those of the exported model, while one types", async () => {
  const folder = await tinyModel();
  const { page, faults } = await openStudio({ model: folder });
  const input = page.getByLabel("Text", { exact: true });
  for (const text of [TEXT, `${TEXT}!`, "x"]) {
    await input.fill(text);
    await waitForAnswer(page, text);
    const { weights, rows, columns } = await shownMap(page, "fovea-attention-map");
    expectNear(weights, await attentionOf(folder, text));
    const { prediction } = await explain(folder, text);
    expect(columns).toEqual([...text]);
    expect(rows.join("")).toBe(prediction.output);
    expect(await page.locator(".answer").textContent()).toBe(prediction.output);
    expectNear((await shownMap(page, "fovea-ribbons")).weights, weights);
    expectNear((await shownMap(page, "fovea-step-scrubber")).weights, weights);
  }
  expect(faults).toEqual([]);
});

test("what if: each change gives branch B of the model, beside A, and can be taken back", async () => {
  const folder = await tinyModel();
  const changes = "masked=2&forced=0:4~3:0*0.5,1*1&written=9:7";
  const { page, faults } = await openStudio({ model: folder, hash: `#/look?text=3+May+1979&${changes}` });
  await page.locator("fovea-compare").waitFor();
  const weights = (...pairs: [number, number][]) => {
    const row = new Array<number>(TEXT.length).fill(0);
    for (const [place, weight] of pairs) row[place] = weight;
    return row;
  };
  const forced = [
    { step: 0, weights: weights([4, 1]) },
    { step: 3, weights: weights([0, 0.5], [1, 1]) },
  ];
  const b = await explain(folder, TEXT, { masked: [2], forced, written: [{ step: 9, token: "7" }] });
  expectNear((await shownMap(page, "fovea-compare", "b")).weights, b.map.weights);
  expectNear((await shownMap(page, "fovea-compare", "a")).weights, await attentionOf(folder, TEXT));
  expectNear((await shownMap(page, "fovea-attention-map")).weights, b.map.weights);
  const exportedFrom = async () => {
    await page.getByRole("button", { name: "Export" }).click();
    const chosen = await page.getByRole("dialog").locator("[aria-pressed=true]").first().textContent();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save json" }).click();
    const path = await (await download).path();
    await page.keyboard.press("Escape");
    return [chosen, (JSON.parse(readFileSync(path, "utf8")) as { output: string }).output];
  };
  expect(await exportedFrom()).toEqual(["B · Changed", b.prediction.output]);
  await page.getByRole("button", { name: "A", exact: true }).click();
  await page.getByRole("heading", { name: "Alignment · A" }).waitFor();
  expectNear((await shownMap(page, "fovea-attention-map")).weights, await attentionOf(folder, TEXT));
  expect((await exportedFrom())[0]).toBe("A · As it reads");
  const a = await explain(folder, TEXT);
  expect(await page.locator(".answer").allTextContents()).toEqual([a.prediction.output, b.prediction.output]);

  const list = page.getByRole("region", { name: "What if?" }).getByRole("listitem");
  expect(await list.allTextContents()).toEqual([
    "“M” (3) masked✕",
    "step 1 reads “y”✕",
    "step 4 reads “␣” “3”✕",
    "step 10 writes “7”✕",
  ]);
  expect(await page.getByText("An edited output character changes only itself").count()).toBe(1);
  await page.getByRole("button", { name: "Take this change back: step 1 reads “y”" }).click();
  await expect.poll(() => page.url()).toContain("&masked=2&forced=3%3A0*0.5%2C1&written=9%3A7");
  await page.getByRole("button", { name: "Reset" }).click();
  await page.locator("fovea-compare").waitFor({ state: "detached" });
  expect(new URL(page.url()).hash).toBe("#/look?text=3+May+1979");
  await page.goBack();
  await page.locator("fovea-compare").waitFor();
  expect(faults).toEqual([]);
});

test("a link shows the same again; what makes no sense in it is left out and said", async () => {
  const model = await tinyModel();
  const { page, address, faults } = await openStudio({ model, hash: "#/look?text=3+May+1979&q=3&k=4&turned=1" });
  await waitForAnswer(page, TEXT);
  const seen = await page.evaluate(() => {
    const view = document.querySelector("fovea-attention-map") as unknown as { selection: object; transposed: boolean };
    return { selection: view.selection, transposed: view.transposed };
  });
  expect(seen).toEqual({ selection: { query: 3, key: 4, pinned: true }, transposed: true });

  const nonsense = ["text=%E0%A4%A", "q=99999999999", "forced=1:2*NaN", "scale=huge", "constructor=1"];
  await page.goto(`${address}#/look?${nonsense.join("&")}`);
  const notice = page.locator(".notice");
  expect(await notice.first().textContent()).toContain("left out: q, forced, scale, constructor");
  await page.goto(`${address}#/look?text=${"9".repeat(200_000)}`);
  await expect.poll(() => notice.last().textContent()).toContain("left out: #");
  await page.getByLabel("Text", { exact: true }).fill("4 June 1980");
  await waitForAnswer(page, "4 June 1980");
  expect(faults).toEqual([]);
});

test("a text beyond the model is refused in words, and the next one is read", async () => {
  const { page, faults } = await openStudio({ model: await tinyModel() });
  const input = page.getByLabel("Text", { exact: true });
  await input.fill("a text that is longer than the thirty characters");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.innerText()).toBe(
    "The model cannot take this text\nExpected\nat most 30 characters\nFound\n48\nWhat helps\nleave out all but the date, such as the time",
  );
  await input.fill("");
  await alert.waitFor({ state: "detached" });
  await input.fill(TEXT);
  await waitForAnswer(page, TEXT);
  expect(faults).toEqual([]);
});

test("everything is done by keys", async () => {
  const { page, faults } = await openStudio({ model: await tinyModel(), hash: "#/look?text=3+May+1979" });
  await waitForAnswer(page, TEXT);
  const hash = () => new URL(page.url()).hash.replace("#/look?text=3+May+1979", "");
  await page.keyboard.press("t");
  await expect.poll(hash).toBe("&turned=1");
  await page.keyboard.press("t");
  await page.keyboard.press("v");
  await expect.poll(hash).toBe("&view=table");
  await page.keyboard.press("v");
  await expect.poll(hash).toBe("");
  // To the cells, two to the right and one down; pin; mask what is pointed at.
  await page.evaluate(() => {
    document.querySelector("fovea-attention-map")?.shadowRoot?.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  });
  for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await expect.poll(hash).toBe("&q=1&k=2");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await expect.poll(hash).toBe("&q=1&k=1");
  await page.keyboard.press("m");
  await expect.poll(hash).toBe("&q=1&k=1&masked=1");
  await page.locator("fovea-compare").waitFor();
  await page.keyboard.press("c");
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("compare");
  await page.keyboard.press("Escape");
  await expect.poll(hash).toBe("&masked=1");
  await page.keyboard.press("e");
  await page.getByRole("dialog").getByRole("heading", { name: "Export the map" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByRole("heading", { name: "Keys and help" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toContain("question");
  expect(faults).toEqual([]);
});

test("what is saved holds the numbers of the map", async () => {
  const folder = await tinyModel();
  const { page, faults } = await openStudio({ model: folder, hash: "#/look?text=3+May+1979" });
  await waitForAnswer(page, TEXT);
  const wanted = await attentionOf(folder, TEXT);
  await page.getByRole("button", { name: "Export" }).click();
  const save = async (format: string) => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: `Save ${format}` }).click();
    return readFileSync((await (await download).path()) as string);
  };
  const json = JSON.parse((await save("json")).toString()) as { map: { weights: number[][] } };
  expectNear(json.map.weights.flat(), wanted);
  const npy = await save("npy");
  const data = npy.subarray(npy.length - 4 * wanted.length);
  expectNear(
    Array.from({ length: wanted.length }, (_, i) => data.readFloatLE(4 * i)),
    wanted,
  );
  expect((await save("png")).subarray(1, 4).toString()).toBe("PNG");
  expect((await save("svg")).toString()).toContain("<svg ");
  expect((await save("html")).toString()).toContain("Content-Security-Policy");
  expect((await save("csv")).toString().split("\r\n")).toHaveLength(12);
  expect(faults).toEqual([]);
});

test.each([
  { name: "light", options: {} },
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "Chinese on a phone", options: { locale: "zh-CN", viewport: { width: 360, height: 740 } } },
] as const)("axe finds no serious fault, and nothing sticks out: $name", async ({ options }) => {
  const { page, faults } = await openStudio({
    model: await tinyModel(),
    hash: "#/look?text=3+May+1979&masked=1",
    ...options,
  });
  await page.locator("fovea-compare").waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  const { scroll, width } = await page.evaluate(() => {
    return { scroll: document.documentElement.scrollWidth, width: innerWidth };
  });
  expect(scroll).toBeLessThanOrEqual(width);
  expect(faults).toEqual([]);
});
