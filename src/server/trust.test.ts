import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { parts, scratchFolder, testServer } from "./server.fixture.ts";
import { type Bound, HEADERS, namesServer } from "./trust.ts";

describe("the Host header", () => {
  test.each(["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"])("%s is answered", async (host) => {
    const server = await testServer();
    const { status } = parts(await server.request("GET /", { Host: host.replace("PORT", String(server.port)) }));
    expect(status).toBe(200);
  });

  test.each([
    "evil.example:PORT",
    "127.0.0.1.evil.example:PORT",
    "localhost.evil.example:PORT",
    "127.0.0.1",
    "127.0.0.1:1",
    "127.0.0.2:PORT",
    "localhost@evil.example:PORT",
    "",
  ])("%s is refused", async (host) => {
    const server = await testServer();
    const given = host.replace("PORT", String(server.port));
    const { status, head, body } = parts(await server.request("GET /", { Host: given }));
    expect(status).toBe(421);
    expect(head).toContain("x-content-type-options: nosniff");
    expect(JSON.parse(body)).toEqual({
      error: `server: expected Host to be 127.0.0.1:${server.port} but found ${given}; open the address that fovea studio prints`,
    });
  });

  test("none, or two, are refused", async () => {
    const server = await testServer();
    expect(parts(await server.raw("GET / HTTP/1.0\r\n\r\n")).status).toBe(421);
    expect(parts(await server.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).status).toBe(400);
    const twice = `Host: 127.0.0.1:${server.port}\r\nHost: evil.example:${server.port}\r\n`;
    const { status } = parts(await server.raw(`GET / HTTP/1.1\r\n${twice}Connection: close\r\n\r\n`));
    expect([200, 400]).toContain(status);
  });

  test("another target than a path is refused", async () => {
    const server = await testServer();
    const { status, body } = parts(await server.request(`GET http://evil.example:${server.port}/`));
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 400,
      body: { error: "server: expected a path but found another target" },
    });
  });

  const everywhere: Bound = { host: "0.0.0.0", address: "0.0.0.0", port: 80 };
  const inside: Bound = { host: "studio.lan", address: "192.168.7.5", port: 4173 };
  test.each([
    [everywhere, "192.0.2.7", true],
    [everywhere, "[2001:db8::7]", true],
    [everywhere, "localhost:80", true],
    [everywhere, hostname(), true],
    [everywhere, "evil.example", false],
    [everywhere, "192.0.2.7.evil.example", false],
    [everywhere, "192.0.2.7:81", false],
    [everywhere, undefined, false],
    [inside, "studio.lan:4173", true],
    [inside, "192.168.7.5:4173", true],
    [inside, "192.168.7.6:4173", false],
    [inside, "localhost:4173", false],
  ])("of a server on %o: %s → %s", (bound, host, expected) => {
    expect(namesServer(host, bound)).toBe(expected);
  });
});

describe("paths", () => {
  const outside = { status: 404, body: { error: "server: expected a path below / but found one that leads out" } };

  test.each([
    "/../package.json",
    "/assets/../../package.json",
    "/assets/../index.html",
    "/%2e%2e/package.json",
    "/assets/%2E%2E%2f%2e%2e/package.json",
    "/..%2fpackage.json",
    "/..%5cpackage.json",
    "/..\\package.json",
    "/index.html%00.js",
    "/model/../../config.json",
    "/model/%2e%2e/config.json",
    "/api/runs/../../model/config.json",
    "/api/runs/%2e%2e/events",
    "/api/runs/dates/model/..%2f..%2fsecret.json",
  ])("%s leads out", async (path) => {
    const { request } = await testServer();
    const { status, body } = parts(await request(`GET ${path}`));
    expect({ status, body: JSON.parse(body) }).toEqual(outside);
  });

  test.each([
    "//etc/passwd",
    "/C:/index.html",
    "/%252e%252e/package.json",
    "/assets//index-4a7f.js",
    "/assets",
    "/assets/",
  ])("%s is none", async (path) => {
    const { request } = await testServer();
    expect(parts(await request(`GET ${path}`)).status).toBe(404);
  });

  test("bytes that are no UTF-8 are refused", async () => {
    const { request } = await testServer();
    const { status, body } = parts(await request("GET /%ff"));
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 400,
      body: { error: "server: expected a path in UTF-8 but found other bytes" },
    });
  });
});

describe("other sites", () => {
  const question = JSON.stringify({ texts: ["9 may 1998"] });
  const json = { "Content-Type": "application/json", "Content-Length": String(question.length) };

  test.each([
    [{ Origin: "http://evil.example" }, "http://evil.example"],
    [{ Origin: "null" }, "null"],
    [{ Origin: "https://127.0.0.1:4173" }, "https://127.0.0.1:4173"],
    [{ "Sec-Fetch-Site": "cross-site" }, "another site"],
    [{ "Sec-Fetch-Site": "same-site" }, "another site"],
  ])("a question with %j is refused", async (headers, found) => {
    const { request } = await testServer();
    const { status, body } = parts(await request("POST /api/predict", { ...json, ...headers }, question));
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 403,
      body: { error: `server: expected a request of its own page but found one of ${found}` },
    });
  });

  test.each([
    ["/api/runs", { Origin: "http://evil.example" }, "http://evil.example"],
    ["/api/runs", { "Sec-Fetch-Site": "cross-site" }, "another site"],
    ["/%61pi/runs/a/events", { "Sec-Fetch-Site": "cross-site" }, "another site"],
    ["/api/runs/a/model/config.json", { "Sec-Fetch-Site": "same-site" }, "another site"],
  ])("GET %s with %j is refused", async (path, headers, found) => {
    const start = { time: 1, type: "start", task: "a", step: 0, steps: 1, parameters: 1, workers: 1, seed: 1 };
    const runs = scratchFolder({ "a/events.jsonl": `${JSON.stringify(start)}\n`, "a/config.json": "{}" });
    const { request } = await testServer({ runs });
    for (const method of ["GET", "HEAD"]) {
      const { status, body } = parts(await request(`${method} ${path}`, headers));
      const error = `server: expected a request of its own page but found one of ${found}`;
      expect({ status, body }).toEqual({ status: 403, body: method === "GET" ? JSON.stringify({ error }) : "" });
    }
    const { status } = parts(await request(`GET ${path}`, { "Sec-Fetch-Site": "same-origin" }));
    expect(status).toBe(200);
  });

  test("a link of another site opens the page", async () => {
    const { request } = await testServer();
    expect(parts(await request("GET /", { "Sec-Fetch-Site": "cross-site" })).status).toBe(200);
  });

  test("no answer lets another site read it", async () => {
    const { ask } = await testServer();
    for (const path of ["/", "/studio.json", "/api/runs", "/nothing"]) {
      const { headers } = await ask(path, { headers: { Origin: "http://evil.example" } });
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    }
  });
});

test("the policy is the page's own, and keeps it out of frames", async () => {
  const page = readFileSync(new URL("../../studio/index.html", import.meta.url), "utf8");
  const [, own] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(page) ?? [];
  expect(HEADERS["content-security-policy"]).toBe(`${own}; frame-ancestors 'none'`);
  const { ask } = await testServer();
  for (const path of ["/", "/assets/index-4a7f.js", "/studio.json", "/api/runs", "/nothing"]) {
    const { headers } = await ask(path);
    for (const [name, value] of Object.entries(HEADERS)) expect(headers.get(name)).toBe(value);
  }
});
