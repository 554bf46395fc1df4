import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { writeModel } from "../src/onnx/write.ts";
import { input } from "../src/tensor/tensor.ts";

/** The built studio command as a process of its own, beside trainings that go on. */
const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const TRAINING = ["train", "dates", "--set", "validationCount=50", "--set", "testCount=200", "--workers", "1"];

let cwd: string;
const children: ChildProcess[] = [];

function start(words: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const child = spawn(process.execPath, [MAIN, ...words], { cwd, env });
  children.push(child);
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, out, err }));
  });
  const said = async (pattern: RegExp) => {
    while (!pattern.test(out + err)) await new Promise((resolve) => setTimeout(resolve, 10));
    return (out + err).match(pattern) as RegExpMatchArray;
  };
  return { child, ended, said };
}

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-studio-server-"));
  expect((await start([...TRAINING, "--steps", "20", "--out", "model"]).ended).code).toBe(0);
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

afterAll(() => rmSync(cwd, { recursive: true }));

async function serve(words: readonly string[] = []) {
  const server = start(["studio", "--port", "0", ...words]);
  const [, address] = await server.said(/^(http:\S+)\/$/m);
  await server.said(/Ctrl-C ends it/);
  const ask = async (path: string, init?: RequestInit) => fetch(`${address}${path}`, init);
  return { ...server, ask };
}

const json = { "Content-Type": "application/json" };

/** The events of a run, until the stream ends. */
async function follow(response: Response): Promise<{ type?: string; step?: number; state?: string }[]> {
  const text = await response.text();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string));
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "serves the built page and a model, and ends with 0 at %s",
  async (signal) => {
    const { ask, child, ended } = await serve(["model"]);
    const page = await (await ask("/")).text();
    const files = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => file as string);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect((await ask(`/${file}`)).status).toBe(200);
    const site = (await (await ask("/studio.json")).json()) as { model: { files: string[] } };
    for (const file of site.model.files) {
      const sent = Buffer.from(await (await ask(`/model/${file}`)).arrayBuffer());
      expect(sent.equals(readFileSync(join(cwd, "model", file)))).toBe(true);
    }
    const question = { method: "POST", headers: json, body: '{"text":"9 may 1998"}' };
    const explained = (await (await ask("/api/explain", question)).json()) as { map: { weights: number[] } };
    expect(explained.map.weights).toHaveLength(100);
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0 });
  },
);

test("is interrupted while it answers without a word of the model that is gone", async () => {
  const { ask, child, ended } = await serve(["model"]);
  const texts = Array.from({ length: 5000 }, (_, i) => `3 May ${1900 + (i % 100)}`);
  const asked = ask("/api/predict", { method: "POST", headers: json, body: JSON.stringify({ texts }) }).then(
    () => "answered",
    () => "cut off",
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  child.kill("SIGINT");
  const { code, err } = await ended;
  expect(await asked).toBe("cut off");
  expect({ code, err }).toEqual({ code: 0, err: "Fovea Studio shows model and the runs in runs. Ctrl-C ends it.\n" });
});

test("answers for the ONNX file of a task alone; any other graph is the page's", async () => {
  cpSync(join(cwd, "model/onnx/model.onnx"), join(cwd, "alone.onnx"));
  const task = await serve(["alone.onnx"]);
  const question = { method: "POST", headers: json, body: '{"texts":["9 may 1998"]}' };
  expect((await task.ask("/api/predict", question)).status).toBe(200);
  const x = input("x", ["batch", 3]);
  writeFileSync(join(cwd, "graph.onnx"), writeModel({ y: x.softmax() }));
  const graph = await serve(["graph.onnx"]);
  expect(await (await graph.ask("/studio.json")).json()).toMatchObject({
    model: { name: "graph", files: ["graph.onnx"] },
    predict: false,
  });
  expect((await graph.ask("/api/predict", question)).status).toBe(404);
});

test("follows a training while it goes on, is killed, and goes on again", async () => {
  const { ask } = await serve();
  const stateOf = async () => {
    const { runs } = (await (await ask("/api/runs")).json()) as { runs: { name: string; state: string }[] };
    return runs.find(({ name }) => name === "live")?.state;
  };
  const words = [...TRAINING, "--steps", "400", "--set", "validateEvery=10", "--out", "runs/live"];
  const first = start(words);
  while ((await stateOf()) !== "running") await new Promise((resolve) => setTimeout(resolve, 20));
  const following = ask("/api/runs/live/events").then(follow);
  // Its first checkpoint is of step 0: the one after a validation has steps to repeat behind it.
  while (!readFileSync(join(cwd, "runs/live/events.jsonl"), "utf8").includes('"step":10,"folder"')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  first.child.kill("SIGKILL");
  await first.ended;
  const before = await following;
  expect(before[0]).toMatchObject({ type: "start", step: 0, steps: 400 });
  expect(before.filter(({ type }) => type === "progress").length).toBeGreaterThan(0);
  expect(before.at(-1)).toEqual({ state: "interrupted" });
  expect(await stateOf()).toBe("interrupted");

  const second = start(["train", "dates", "--resume", "--out", "runs/live"]);
  await second.said(/from step/);
  while ((await stateOf()) !== "running") await new Promise((resolve) => setTimeout(resolve, 20));
  second.child.kill("SIGINT");
  expect((await second.ended).code).toBe(130);
  const { runs } = (await (await ask("/api/runs")).json()) as { runs: object[] };
  expect(runs).toEqual([
    expect.objectContaining({
      name: "live",
      state: "interrupted",
      message: expect.stringMatching(
        /^train: interrupted at step \d+; the checkpoint is in runs\/live, go on with --resume$/,
      ),
      model: null,
    }),
  ]);
  const after = await follow(await ask("/api/runs/live/events"));
  const steps = after.filter(({ type }) => type === "progress").map(({ step }) => step as number);
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(new Set(steps).size).toBe(steps.length);
});

test("an export works below a path of another server, and its files are those of the package", async () => {
  const { code } = await start(["studio", "--export", "site", "model"]).ended;
  expect(code).toBe(0);
  const built = fileURLToPath(new URL("../dist/studio", import.meta.url));
  const names = (folder: string) => (readdirSync(folder, { recursive: true }) as string[]).sort();
  expect(names(join(cwd, "site")).filter((name) => !/^(model|studio\.json)/.test(name))).toEqual(names(built));
  cpSync(join(cwd, "site"), join(cwd, "www/some/path"), { recursive: true });
  // As plain as a server can be: files with their type, and nothing else.
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json" };
  const plain = createServer(({ url = "" }, response) => {
    const file = join(cwd, "www", url.endsWith("/") ? `${url}index.html` : url);
    if (!existsSync(file)) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain" }).end(readFileSync(file));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => plain.once("listening", resolve));
  try {
    const base = `http://127.0.0.1:${(plain.address() as { port: number }).port}/some/path/`;
    const page = await (await fetch(base)).text();
    expect(page).not.toMatch(/(?:src|href)="(?:\/|(?!data:)[a-z]+:)/);
    for (const [, file] of page.matchAll(/(?:src|href)="(\.[^"]+)"/g)) {
      expect((await fetch(new URL(file as string, base))).status).toBe(200);
    }
    const site = await (await fetch(new URL("studio.json", base))).json();
    expect(site).toMatchObject({ mode: "static", model: { name: "model" }, runs: false, predict: false });
    expect((await fetch(new URL("model/onnx/model.onnx", base))).status).toBe(200);
  } finally {
    plain.close();
  }
});
