import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { modelFilesIn } from "./model-files.ts";
import { PAGE, parts, scratchFolder, testServer } from "./server.fixture.ts";

describe("the page", () => {
  test.each([
    ["/", "text/html; charset=utf-8", "no-cache"],
    ["/index.html", "text/html; charset=utf-8", "no-cache"],
    ["/assets/index-4a7f.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
    ["/assets/ort-77.wasm", "application/wasm", "public, max-age=31536000, immutable"],
    ["/studio.json", "application/json; charset=utf-8", "no-cache"],
  ])("%s is %s, %s", async (path, type, cache) => {
    const { ask } = await testServer();
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(type);
    expect(response.headers.get("cache-control")).toBe(cache);
    const body = await response.text();
    expect(response.headers.get("content-length")).toBe(String(body.length));
    const name = path.slice(1) || "index.html";
    if (name in PAGE) expect(body).toBe(PAGE[name as keyof typeof PAGE]);
    const again = await ask(path, { headers: { "If-None-Match": response.headers.get("etag") as string } });
    expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: "" });
  });

  test("a file that has changed is sent anew", async () => {
    const page = scratchFolder(PAGE);
    const { ask } = await testServer({ page });
    const etag = (await ask("/")).headers.get("etag") as string;
    writeFileSync(join(page, "index.html"), "another page");
    const again = await ask("/", { headers: { "If-None-Match": etag } });
    expect([again.status, await again.text()]).toEqual([200, "another page"]);
  });

  test("HEAD gives the headers alone", async () => {
    const { request } = await testServer();
    const { status, head, body } = parts(await request("HEAD /assets/ort-77.wasm"));
    expect({ status, body }).toEqual({ status: 200, body: "" });
    expect(head).toContain("content-length: 4");
  });

  test("a file of many parts comes whole", async () => {
    const text = "0123456789".repeat(200_000);
    const { ask } = await testServer({ page: scratchFolder({ ...PAGE, "assets/large.js": text }) });
    expect(await (await ask("/assets/large.js")).text()).toBe(text);
  });

  test("an empty file comes, too", async () => {
    const { ask } = await testServer({ page: scratchFolder({ ...PAGE, "empty.txt": "" }) });
    const response = await ask("/empty.txt");
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test("links that lead out are not there", async () => {
    const outside = scratchFolder({ "secret.txt": "secret", "folder/secret.txt": "secret" });
    const page = scratchFolder(PAGE);
    symlinkSync(join(outside, "secret.txt"), join(page, "link.txt"));
    symlinkSync(join(outside, "folder"), join(page, "linked"));
    symlinkSync("index.html", join(page, "inside.html"));
    const { ask } = await testServer({ page });
    const statuses = await Promise.all(["/link.txt", "/linked/secret.txt", "/inside.html"].map((path) => ask(path)));
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 200]);
  });

  test("what is not there is told as JSON", async () => {
    const { ask } = await testServer();
    for (const path of ["/nothing.js", "/api/nothing", "/model/config.json"]) {
      const response = await ask(path);
      expect({ status: response.status, body: await response.json() }).toEqual({
        status: 404,
        body: { error: `server: expected a path of the studio but found ${path}` },
      });
    }
  });

  test.each(["/api/predict", "/api/explain"])("%s without a model says so", async (path) => {
    const { ask } = await testServer();
    const response = await ask(path, { method: "POST", body: '{"texts":["9 may"]}' });
    const error = "server: expected a model that answers texts but found none; start with one: fovea studio MODEL";
    expect({ status: response.status, body: await response.json() }).toEqual({ status: 404, body: { error } });
  });
});

test.each([
  ["POST", "/", "GET, HEAD"],
  ["PUT", "/assets/index-4a7f.js", "GET, HEAD"],
  ["DELETE", "/studio.json", "GET, HEAD"],
  ["OPTIONS", "/api/runs", "GET, HEAD"],
  ["PATCH", "/model/config.json", "GET, HEAD"],
  ["TRACE", "/", "GET, HEAD"],
  ["POST", "/api/runs/dates/events", "GET, HEAD"],
])("%s %s is not allowed", async (method, path, allowed) => {
  const { request } = await testServer();
  const { status, head, body } = parts(await request(`${method} ${path}`, { "Content-Length": "0" }));
  expect(status).toBe(405);
  expect(head).toContain(`allow: ${allowed.toLowerCase()}`);
  expect(JSON.parse(body)).toEqual({ error: `server: expected GET or HEAD but found ${method}` });
});

describe("a model", () => {
  const MODEL = {
    "config.json": '{"task":"test"}',
    "onnx/model.onnx": "graph",
    "README.md": "# Card",
    "report.html": "<script>",
    "events.jsonl": "{}",
    "checkpoint.safetensors": "",
    ".hidden.json": "{}",
    "deep/er/model.onnx": "",
  };

  test("is told in studio.json, and its files can be fetched, no others", async () => {
    const folder = scratchFolder(MODEL);
    symlinkSync(join(scratchFolder({ "secret.json": "{}" }), "secret.json"), join(folder, "secret.json"));
    const { ask } = await testServer({ files: await modelFilesIn(folder, "dates") });
    const files = ["README.md", "config.json", "onnx/model.onnx"];
    expect(await (await ask("/studio.json")).json()).toEqual({
      version: "1.2.3",
      mode: "server",
      model: { name: "dates", files },
      runs: true,
      predict: false,
    });
    for (const file of files) {
      const response = await ask(`/model/${file}`);
      expect([response.status, await response.text()]).toEqual([200, MODEL[file as keyof typeof MODEL]]);
    }
    for (const name of [
      "report.html",
      "events.jsonl",
      "checkpoint.safetensors",
      ".hidden.json",
      "secret.json",
      "onnx",
      "",
    ]) {
      expect((await ask(`/model/${name}`)).status).toBe(404);
    }
  });

  test("that is not given is null", async () => {
    const { ask } = await testServer();
    expect(await (await ask("/studio.json")).json()).toMatchObject({ model: null, predict: false });
  });
});
