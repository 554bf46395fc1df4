import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { zipSync } from "fflate";
import { nodeBackend, nodeFolder } from "fovea/node";
import type { Page } from "playwright";
import { expect, onTestFinished, test } from "vitest";
import { zipFolder } from "../../src/data/zip.ts";
import { decode, encode } from "../../src/onnx/messages.ts";
import { writeModel } from "../../src/onnx/write.ts";
import { openModel } from "../../src/tasks/index.ts";
import { input } from "../../src/tensor/index.ts";
import { openStudio, tinyModel, waitForAnswer } from "./studio-page.ts";

/** Files, links and texts that nobody means well with: each is answered in words, and what was open before still answers. */

const MEGABYTE = 2 ** 20;
const x = input("x", ["batch", 5]);

/** Bytes to be made in the page. */
interface Made {
  readonly size: number;
  readonly isRandom: boolean;
}

/** Drops a file on the page. */
async function drop(page: Page, name: string, content: Uint8Array | Made): Promise<void> {
  const given = content instanceof Uint8Array ? Buffer.from(content).toString("base64") : content;
  await page.evaluate(
    ([name, given]) => {
      const bytes =
        typeof given === "string" ? Uint8Array.from(atob(given), (c) => c.charCodeAt(0)) : new Uint8Array(given.size);
      if (typeof given !== "string" && given.isRandom) {
        for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      }
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], name));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, given] as const,
  );
}

let asked = 0;

/** Whether the model that was open before answers as it did. */
async function expectAlive(page: Page): Promise<void> {
  const text = `${1 + (asked++ % 28)} May 1979`;
  await page.evaluate(
    (hash) => {
      location.hash = hash;
    },
    `#/look?${new URLSearchParams({ text })}`,
  );
  await waitForAnswer(page, text);
  const model = await openModel(nodeFolder(await tinyModel()), nodeBackend);
  const { prediction } = await model.explain(text);
  await model.close();
  expect(await page.locator(".answer").textContent()).toBe(prediction.output);
}

/** A message in one line, whether it stands in parts or as one sentence. */
const plain = (text: string) => text.replace(/\s+/g, " ").replace(/ but found:? /g, " Found ");
/** What the page says went wrong. */
const faultText = async (page: Page) => plain(await page.locator(".fault").innerText());

const scratched = (bytes: Uint8Array) => bytes.map((byte, i) => (i > 2000 && i < 3000 ? byte ^ 0xff : byte));
const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i > 100 && i % 97 === 0 ? byte ^ 0x55 : byte));

/** An archive that says of its one file that it has 64 bytes, where it has a hundred megabytes. */
function lyingZip(): Uint8Array {
  const bytes = Buffer.from(zipSync({ "model/config.json": new Uint8Array(100 * MEGABYTE) }));
  bytes.writeUInt32LE(64, bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
  return bytes;
}

/** A graph with an operator that ONNX does not have. */
function unknownOperator(): Uint8Array {
  const model = decode("Model", writeModel({ a: x.softmax() }));
  for (const node of model.graph?.node ?? []) if (node.opType === "Softmax") node.opType = "Hardlymax";
  return encode("Model", model);
}

test("damaged, foreign and monstrous files are refused in words, and the page lives", async () => {
  const folder = await tinyModel();
  const { page, faults } = await openStudio({ model: folder });
  await expectAlive(page);
  const onnx = readFileSync(join(folder, "onnx/model.onnx"));
  const zip = await zipFolder(nodeFolder(folder));
  const letter = Buffer.from("Dear model, this is a letter to you, and neither a graph nor an archive.");
  const archive = (name: string, found: string) => `${name} to be a zip archive Found ${found}`;
  const damaged = "onnx: expected a model as protobuf but found damaged bytes (";
  const files: readonly (readonly [name: string, content: Uint8Array | Made, said: string])[] = [
    ["cut.onnx", onnx.subarray(0, onnx.length / 2), damaged],
    ["scratched.onnx", flipped(onnx), "onnx: expected "],
    ["letter.onnx", letter, damaged],
    ["empty.onnx", new Uint8Array(), "onnx: expected a model with a graph but found none"],
    ["zeros.onnx", { size: 50 * MEGABYTE, isRandom: false }, damaged],
    ["random.onnx", { size: 50 * MEGABYTE, isRandom: true }, "onnx: expected "],
    ["letter.zip", letter, archive("letter", "another file")],
    ["cut.zip", zip.subarray(0, zip.length - 40), archive("cut", "one that ends too early")],
    ["scratched.zip", scratched(zip), archive("scratched", 'damage in "')],
    ["zeros.zip", { size: 50 * MEGABYTE, isRandom: false }, archive("zeros", "another file")],
    ["random.zip", { size: 50 * MEGABYTE, isRandom: true }, archive("random", "another file")],
    [
      "bomb.zip",
      zipSync({ "m/config.json": letter, "m/onnx/model.onnx": new Uint8Array(300 * MEGABYTE) }, { level: 1 }),
      archive("bomb", "more than 256 MB in it"),
    ],
    ["lying.zip", lyingZip(), archive("lying", 'damage in "model/config.json"')],
    [
      "climbing.zip",
      zipSync({ "../../config.json": letter }),
      archive("climbing", 'the name "../../config.json", which is of no file inside a folder'),
    ],
    [
      "absolute.zip",
      zipSync({ "/etc/passwd": letter }),
      archive("absolute", 'the name "/etc/passwd", which is of no file inside a folder'),
    ],
    ["letter.txt", letter, "a model folder (with config.json), its .zip or an .onnx file Found letter.txt"],
    ["config.json", Buffer.from('{"task": "dates"}'), "config.json to be of a dates model Found "],
    ["config.json", letter, "config.json to be JSON Found damage ("],
  ];
  for (const [name, content, said] of files) {
    await drop(page, name, content);
    await page.locator(".fault").waitFor();
    expect(await faultText(page)).toMatch(/^This could not be opened /);
    expect(await faultText(page), name).toContain(plain(said));
    await expectAlive(page);
  }
  await page.getByRole("link", { name: "Open" }).click();
  expect(await page.locator(".model-row").count()).toBe(1);
  expect(faults).toEqual([]);
}, 240_000);

test("a graph that is about something else is opened as far as it goes, and says what it lacks", async () => {
  const { page, faults } = await openStudio({ model: await tinyModel() });
  await expectAlive(page);
  const said = async (name: string, content: Uint8Array, text: string) => {
    await drop(page, `${name}.onnx`, content);
    await page.getByText(text).waitFor();
    await expectAlive(page);
  };
  await said("doubled", writeModel({ y: x.mul(2) }), "No output of this graph can be attention weights");
  await said("counted", writeModel({ n: x.argMax() }), "an output that can be attention weights");
  await said("unknown", unknownOperator(), "Hardlymax");
  await said("undefined", writeModel({ a: x.mul(0).log() }), "No output of this graph can be attention weights");
  expect(faults).toEqual([]);
});

const long = (count: number) => "9".repeat(count);
const HASHES: readonly (readonly [hash: string, dropped: string])[] = [
  ["#/look?q=99999999999&k=-1&scale=7&turned=maybe&view=hologram", "q, k, scale, turned, view"],
  [
    "#/look?masked=a~b&forced=::&written=x&head=NaN&sizes=__proto__:0&seed=1e9",
    "masked, forced, written, head, sizes, seed",
  ],
  ["#/look?__proto__=1&constructor=2&toString=3&hasOwnProperty=4", "__proto__, constructor, toString, hasOwnProperty"],
  [`#/look?forced=${Array.from({ length: 100 }, (_, i) => `${i}:1`).join("~")}`, "forced"],
  [`#/look?text=${long(5000)}`, "text"],
  ["#/look?text=3+May+1979&text=4+May+1979&q=1.5", "text, q"],
  ["#/look?%00=1&%E0%A4%A=2", "\0, \uFFFD%A"],
  ["#/%E0%A4%A/look", "%E0%A4%A/look"],
  ["#/../../etc/passwd", "../../etc/passwd"],
  ["#javascript:alert(1)", "javascript:alert(1)"],
  ["#/nowhere?text=x", "nowhere"],
  [`#/catalogue?m=${long(100)}`, "m"],
  [`#/runs?show=${Array.from({ length: 50 }, (_, i) => i).join(",")}`, "show"],
  [`#/look?${"a=1&".repeat(5000)}`, "#"],
];

test("a link with nonsense in it: what could not be read is named, and the page lives", async () => {
  const { page, address, faults } = await openStudio({ model: await tinyModel() });
  await expectAlive(page);
  const notices = page.locator(".notice", { hasText: "Some of the link could not be read and was left out: " });
  const named = async () => {
    const texts = await notices.allInnerTexts();
    return texts.map((text) => text.slice(text.indexOf(": ") + 2, text.indexOf("\n"))).join(", ");
  };
  for (const [hash, dropped] of HASHES) {
    await page.goto(address + hash);
    await expect.poll(named, { message: hash.slice(0, 80) }).toBe(dropped);
    while ((await notices.count()) > 0) await notices.first().getByRole("button", { name: "Dismiss" }).click();
    await expectAlive(page);
  }
  expect(faults).toEqual([]);
});

test("a link of a megabyte, and one to a model that is not here, also when the page is opened by it", async () => {
  const { page, address, faults } = await openStudio({ model: await tinyModel() });
  const openAnew = async (hash: string) => {
    await page.goto("about:blank");
    await page.goto(address + hash);
  };
  await openAnew(`#/look?text=${long(MEGABYTE)}`);
  await page.getByText("Some of the link could not be read and was left out: #").waitFor();
  await expectAlive(page);
  await openAnew("#/look?model=..%2F..%2Fetc%2Fpasswd&text=%");
  await page.getByText("a model named “../../etc/passwd”, which is not open in this page").waitFor();
  await expectAlive(page);
  await openAnew(`#/look?text=${encodeURIComponent("<img src=x onerror=document.title=1>")}`);
  await expect.poll(() => page.locator(".question").inputValue()).toBe("<img src=x onerror=document.title=1>");
  await page.locator(".fault").waitFor();
  expect(await page.locator("main img").count()).toBe(0);
  expect(await page.title()).toBe("Look · Fovea Studio");
  await expectAlive(page);
  expect(faults).toEqual([]);
});

const TEXTS = [
  "9".repeat(31),
  "a text that is longer than the thirty characters",
  "9".repeat(4096),
  "📅 3 May 1979 🎉",
  "👨‍👩‍👧‍👦".repeat(8),
  "‫٣ مايو ١٩٧٩‬",
  "3\u0000May\u00001979",
  "\u0007\u001b[31m3 May",
  "1979年5月3日",
  "e\u0301".repeat(15),
  "   ",
  "\ufffe\uffff",
] as const;

test("a text too long, in other scripts, with signs that cannot be seen: an answer as in Node, or why there is none", async () => {
  const { page, address, faults } = await openStudio({ model: await tinyModel() });
  const model = await openModel(nodeFolder(await tinyModel()), nodeBackend);
  const kinds = new Set<string>();
  for (const text of TEXTS) {
    await page.goto(`${address}#/look?${new URLSearchParams({ text })}`);
    const told = await model.explain(text).catch((error: Error) => error);
    kinds.add(told instanceof Error ? "refused" : "answered");
    if (told instanceof Error) {
      const [, expected, found] = /: expected (.+) but found ([^;]+)/s.exec(told.message) as RegExpExecArray;
      await expect.poll(() => faultText(page)).toContain(plain(`Expected ${expected} Found ${found}`));
    } else {
      await waitForAnswer(page, told.map.columns.join(""));
      expect(await page.locator(".answer").textContent()).toBe(told.prediction.output);
    }
  }
  expect([...kinds].toSorted()).toEqual(["answered", "refused"]);
  await page.goto(`${address}#/look?text=`);
  await expect.poll(() => page.getByLabel("Text", { exact: true }).inputValue()).toBe("");
  await page.locator(".fault").waitFor({ state: "detached" });
  await expectAlive(page);
  await model.close();
  expect(faults).toEqual([]);
});

/** A server that would hand out a model to any page, and counts who asks. */
async function otherServer(content: Uint8Array): Promise<{ address: string; asked: () => number }> {
  let count = 0;
  const server = createServer((_, response) => {
    count++;
    response.writeHead(200, { "access-control-allow-origin": "*" }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => count };
}

test("?url= of another server is refused without a request; one of this server is opened, or said to be missing", async () => {
  const folder = await tinyModel();
  const other = await otherServer(await zipFolder(nodeFolder(folder)));
  const { page, address, faults } = await openStudio({ model: folder });
  const own = new URL(address).port;
  const foreign = [
    `${other.address}/model.zip`,
    other.address.replace("http:", ""),
    "https://example.com/",
    `https://127.0.0.1:${own}/model/`,
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:application/zip;base64,UEsDBA==",
    `http://127.0.0.1:${own}@example.com/model.zip`,
    "http://[",
  ];
  const open = (url: string) => page.goto(`${address}?${new URLSearchParams({ url })}`);
  for (const url of foreign) {
    await open(url);
    await page.locator(".fault").waitFor();
    const text = `an address of this page's own server Found ${url}`;
    expect(await faultText(page)).toContain(text);
  }
  expect(other.asked()).toBe(0);

  const missing: readonly (readonly [url: string, said: string])[] = [
    ["none.zip", "a file at /none.zip Found status 404"],
    ["deep/none/", "a file at /deep/none/config.json Found status 404"],
    ["%E0%A4.onnx", "a file at /%E0%A4.onnx Found status 400"],
    ["../../../etc/passwd", "a file at /etc/passwd/config.json Found status 404"],
    ["", "a file at /config.json Found status 404"],
  ];
  for (const [url, said] of missing) {
    await open(url);
    await page.locator(".fault").waitFor();
    expect(await faultText(page)).toContain(said);
    await expectAlive(page);
  }
  for (const url of ["model/", "model/onnx/model.onnx", `${address}model`]) {
    await open(url);
    await page.waitForURL(/#\/look\?model=model/);
    await expectAlive(page);
  }
  // The browser itself writes what is missing to its console.
  expect(faults.filter((line) => !/the server responded with a status of 40[04]/.test(line))).toEqual([]);
});
