import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { OpenGraph } from "../tasks/open-graph.ts";
import type { OpenModel } from "../tasks/recipe.ts";
import { type TestWorld, testContext, testModel } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { run } from "./run.ts";

let cwd: string;

const files = (path: string, content: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(content)) {
    mkdirSync(join(cwd, path, name, ".."), { recursive: true });
    writeFileSync(join(cwd, path, name), text);
  }
};

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-studio-"));
  files("page", { "index.html": "<title>Studio</title>", "assets/index-1.js": "" });
  files("runs/dates", { "config.json": '{"task":"test"}', "onnx/model.onnx": "graph" });
});

afterEach(() => rmSync(cwd, { recursive: true }));

const world = (more: TestWorld = {}) => testContext({ cwd, page: join(cwd, "page"), ...more });

/** Starts it, does something at its address, and interrupts it. */
async function serve(words: readonly string[], use: (address: string) => Promise<void>, more: TestWorld = {}) {
  const { context, stdout, stderr, interrupt, opened } = world(more);
  const ended = run(["studio", "--port", "0", ...words], context);
  await vi.waitFor(() => expect(stderr.text).toContain("Ctrl-C ends it.\n"));
  const address = stdout.text.trimEnd();
  await use(address);
  await vi.waitFor(() => expect(words.includes("--open") ? opened : [address]).toEqual([address]));
  interrupt();
  return { code: await ended, address, out: stdout.text, err: stderr.text, opened };
}

async function fails(words: readonly string[], more: TestWorld = {}) {
  const { context, stdout, stderr } = world(more);
  const code = await run(["studio", ...words], context);
  expect(stdout.text).toBe("");
  return { code, err: stderr.text };
}

describe("a server", () => {
  test("prints its address, opens nothing, and ends with 0 when it is interrupted", async () => {
    const { code, address, out, err, opened } = await serve([], async (url) => {
      expect(await (await fetch(url)).text()).toBe("<title>Studio</title>");
      expect(await (await fetch(`${url}studio.json`)).json()).toMatchObject({
        mode: "server",
        model: null,
        predict: false,
      });
    });
    expect({ code, opened }).toEqual({ code: EXIT.done, opened: [] });
    expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    expect(err).toBe("Fovea Studio shows the runs in runs. Ctrl-C ends it.\n");
    await expect(fetch(address)).rejects.toThrow();
  });

  test("with a model shows its files, answers for it, and closes it", async () => {
    const onClose = vi.fn();
    const { code, err } = await serve(
      ["runs/dates"],
      async (url) => {
        const model = { name: "dates", files: ["config.json", "onnx/model.onnx"] };
        expect(await (await fetch(`${url}studio.json`)).json()).toMatchObject({ model, predict: true });
        expect(await (await fetch(`${url}model/onnx/model.onnx`)).text()).toBe("graph");
        const headers = { "Content-Type": "application/json" };
        const init = { method: "POST", headers, body: '{"texts":["9 may"]}' };
        const answer = (await (await fetch(`${url}api/predict`, init)).json()) as { predictions: object[] };
        expect(answer.predictions).toHaveLength(1);
      },
      { model: testModel({ onClose }) },
    );
    expect(code).toBe(EXIT.done);
    expect(err).toBe("Fovea Studio shows dates and the runs in runs. Ctrl-C ends it.\n");
    expect(onClose).toHaveBeenCalledOnce();
  });

  test("that is interrupted closes the model when it has answered what it was asked", async () => {
    const told: string[] = [];
    const model: OpenModel = {
      ...testModel({ onClose: () => told.push("closed") }),
      async explain(text) {
        told.push("asked");
        await new Promise((resolve) => setTimeout(resolve, 100));
        told.push("answered");
        return testModel().explain(text);
      },
    };
    const { code, err } = await serve(
      ["runs/dates"],
      async (url) => {
        const headers = { "Content-Type": "application/json" };
        fetch(`${url}api/explain`, { method: "POST", headers, body: '{"text":"9 may"}' }).catch(() => undefined);
        await vi.waitFor(() => expect(told).toEqual(["asked"]));
      },
      { model },
    );
    expect(told).toEqual(["asked", "answered", "closed"]);
    expect([code, err]).toEqual([EXIT.done, expect.stringMatching(/Ctrl-C ends it\.\n$/)]);
  });

  test("with a graph leaves it to the page, and closes it", async () => {
    files(".", { "graph.onnx": "graph" });
    const close = vi.fn(async () => undefined);
    const graph = { facts: { inputs: [], outputs: [], attention: {} }, run: vi.fn(), close } as unknown as OpenGraph;
    const { code } = await serve(
      ["graph.onnx"],
      async (url) => {
        expect(await (await fetch(`${url}studio.json`)).json()).toMatchObject({ predict: false });
        const asked = await fetch(`${url}api/predict`, { method: "POST" });
        const error = "server: expected a model that answers texts but found the graph graph, which only the page runs";
        expect({ status: asked.status, body: await asked.json() }).toEqual({ status: 404, body: { error } });
      },
      { opened: { kind: "graph", graph } },
    );
    expect(code).toBe(EXIT.done);
    expect(close).toHaveBeenCalledOnce();
  });

  test("opens the browser where it is told to", async () => {
    const { address, opened } = await serve(["--open"], async () => undefined);
    expect(opened).toEqual([address]);
  });

  test("lists the runs of the folder that is named", async () => {
    const start = { type: "start", task: "sums", folder: "a", parameters: 1, step: 0, steps: 9, workers: 1, seed: 1 };
    files("elsewhere/a", { "events.jsonl": `${JSON.stringify({ time: 1, ...start })}\n` });
    await serve(["--runs", "elsewhere"], async (url) => {
      const { runs } = (await (await fetch(`${url}api/runs`)).json()) as { runs: { name: string }[] };
      expect(runs.map(({ name }) => name)).toEqual(["a"]);
    });
  });

  test("for the network says who can look", async () => {
    const { err, out } = await serve(["--host", "0.0.0.0"], async () => undefined).catch((error) => error);
    expect(err).toContain("Whoever reaches this machine on the network can look at them, too.\n");
    expect(out).toMatch(/^http:\/\/localhost:\d+\/\n/);
  });
});

describe("refused", () => {
  test("a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    expect(await fails(["--port", String(port)])).toEqual({
      code: EXIT.usage,
      err: `fovea: studio: expected port ${port} to be free but found another program there; name another with --port, or 0 for any\n`,
    });
  });

  test.each([
    [["--port", "65536"], 'expected --port to be a whole number from 0 to 65535 but found "65536"'],
    [
      ["--host", "203.0.113.7"],
      'expected --host to be an address of this machine but found "203.0.113.7"; 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses',
    ],
    [["--export", "site", "--port", "0"], "expected --export without --port but found both; leave one out"],
    [["--export", "site", "--open"], "expected --export without --open but found both; leave one out"],
    [
      ["--runs", "page/index.html"],
      "expected --runs to name a folder but found a file at page/index.html; name the folder that holds the runs",
    ],
  ])("%j", async (words, message) => {
    expect(await fails(words)).toEqual({ code: EXIT.usage, err: `fovea: studio: ${message}\n` });
    expect(readdirSync(cwd).sort()).toEqual(["page", "runs"]);
  });

  test("a model that is not there", async () => {
    const path = join(cwd, "runs/none");
    expect(await fails(["runs/none"])).toEqual({
      code: EXIT.model,
      err: `fovea: studio: expected a model (a folder, a .zip or an .onnx) at ${path} but found nothing; make one with fovea train dates\n`,
    });
  });

  test("a page that was not built", async () => {
    expect(await fails([], { page: join(cwd, "none") })).toEqual({
      code: EXIT.data,
      err: "fovea: studio: expected the studio's page to be built but found none; build it: npm run build\n",
    });
  });
});

describe("an export", () => {
  test("is the page with the model, and says where", async () => {
    const { context, stdout, stderr } = world();
    expect(await run(["studio", "--export", "site", "runs/dates"], context)).toBe(EXIT.done);
    expect(stdout.text).toBe("site\n");
    expect(stderr.text).toBe("Written. Any web server can serve this folder, under any path.\n");
    expect(readdirSync(join(cwd, "site")).sort()).toEqual(["assets", "index.html", "model", "studio.json"]);
    const { model, mode } = JSON.parse(readFileSync(join(cwd, "site/studio.json"), "utf8"));
    expect({ model, mode }).toEqual({
      mode: "static",
      model: { name: "dates", files: ["config.json", "onnx/model.onnx"] },
    });
  });

  test("writes over nothing else", async () => {
    files("mine", { "notes.txt": "" });
    expect(await fails(["--export", "mine"])).toEqual({
      code: EXIT.data,
      err: `fovea: studio: expected ${join(cwd, "mine")} to be empty, new or an earlier export but found notes.txt; name another folder\n`,
    });
    expect(readdirSync(join(cwd, "mine"))).toEqual(["notes.txt"]);
  });
});
