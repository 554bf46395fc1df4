import { appendFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { parts, scratchFolder, type TestServer, testServer } from "./server.fixture.ts";

const begin = { time: 1, type: "begin", process: process.pid, machine: hostname() };
const start = (step: number) => {
  return { time: 2, type: "start", task: "dates", folder: "a", parameters: 7, step, steps: 40, workers: 2, seed: 1 };
};
const progress = (step: number) => ({ time: 3, type: "progress", step, steps: 40, loss: 1 / step, learningRate: 0.1 });
const saved = { time: 6, type: "saved", folder: "runs/a", files: ["config.json"], seconds: 9 };
const end = { time: 7, type: "end", message: "" };
const log = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

interface Heard {
  readonly event?: string;
  readonly id?: string;
  readonly data?: { readonly type?: string; readonly step?: number; readonly state?: string };
}

/** What comes in, as it comes, until it is left. */
function follow(server: TestServer, headers: Record<string, string> = {}) {
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const heard: Heard[] = [];
  const comments: string[] = [];
  let text = "";
  const read = async () => {
    const response = await server.ask("/api/runs/a/events", { headers, signal: leave.signal });
    const decoder = new TextDecoder();
    for await (const part of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(part, { stream: true });
      for (let at = text.indexOf("\n\n"); at >= 0; at = text.indexOf("\n\n")) {
        const block = text.slice(0, at);
        text = text.slice(at + 2);
        if (block.startsWith(":")) comments.push(block);
        else heard.push(fieldsOf(block));
      }
    }
    return response.status;
  };
  const ended = read();
  ended.catch(() => undefined);
  return { heard, comments, ended, leave: () => leave.abort() };
}

function fieldsOf(block: string): Heard {
  const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
  return { ...fields, data: JSON.parse(fields.data as string) };
}

const shown = (heard: readonly Heard[]) =>
  heard.map(({ data }) => data?.state ?? `${data?.type} ${data?.step ?? ""}`.trim());

function runOf(...lines: object[]) {
  const runs = scratchFolder({ "a/events.jsonl": log(...lines) });
  return { runs, file: join(runs, "a/events.jsonl") };
}

test("a run that still goes on tells what was, then what comes, at last its end", async () => {
  const { runs, file } = runOf(begin, start(0), progress(1));
  const server = await testServer({ runs });
  const { heard, ended } = follow(server);
  await vi.waitFor(() => expect(shown(heard)).toEqual(["start 0", "progress 1"]));
  appendFileSync(file, log(progress(2)));
  await vi.waitFor(() => expect(shown(heard)).toEqual(["start 0", "progress 1", "progress 2"]));
  const [first, ...rest] = log(progress(3), saved).match(/[\s\S]{1,30}/g) as string[];
  appendFileSync(file, first as string);
  await new Promise((resolve) => setTimeout(resolve, 50));
  appendFileSync(file, rest.join(""));
  appendFileSync(file, log(end));
  expect(await ended).toBe(200);
  expect(shown(heard)).toEqual(["start 0", "progress 1", "progress 2", "progress 3", "saved", "finished"]);
  expect(heard.at(-1)?.event).toBe("end");
  expect(heard[2]?.data).toEqual(progress(2));
});

test("the type is that of server-sent events, kept by nobody on the way", async () => {
  const { runs } = runOf(begin, start(0), saved, end);
  const { ask } = await testServer({ runs });
  const { headers, status } = await ask("/api/runs/a/events");
  expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([
    200,
    "text/event-stream",
    "no-cache",
  ]);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

test("what a restart repeats is told once", async () => {
  const { runs } = runOf(begin, start(0), progress(10), progress(30), begin, start(20), progress(25), saved, end);
  const { heard, ended } = follow(await testServer({ runs }));
  await ended;
  expect(shown(heard)).toEqual(["start 0", "progress 10", "start 20", "progress 25", "saved", "finished"]);
});

test("damaged lines are left out", async () => {
  const { runs, file } = runOf(begin, start(0));
  appendFileSync(file, `{"time":3,"type":"pro\n{"type":"no such"}\n${log(saved, end)}{"half":`);
  const { heard, ended } = follow(await testServer({ runs }));
  await ended;
  expect(shown(heard)).toEqual(["start 0", "saved", "finished"]);
});

describe("Last-Event-ID", () => {
  test("goes on behind the event that it names", async () => {
    const { runs, file } = runOf(begin, start(0), progress(1), progress(2));
    const server = await testServer({ runs });
    const first = follow(server);
    await vi.waitFor(() => expect(first.heard).toHaveLength(3));
    first.leave();
    appendFileSync(file, log(progress(3), saved, end));
    const again = follow(server, { "Last-Event-ID": first.heard[1]?.id as string });
    expect(await again.ended).toBe(200);
    expect(shown(again.heard)).toEqual(["progress 2", "progress 3", "saved", "finished"]);
  });

  test("of the end stops the browser from asking again", async () => {
    const { runs } = runOf(begin, start(0), saved, end);
    const server = await testServer({ runs });
    const first = follow(server);
    await first.ended;
    const again = follow(server, { "Last-Event-ID": first.heard.at(-1)?.id as string });
    expect([await again.ended, again.heard]).toEqual([204, []]);
  });

  test("of the end of a run without a log, too", async () => {
    const runs = scratchFolder({ "a/config.json": "{}" });
    const server = await testServer({ runs });
    const first = follow(server);
    await first.ended;
    expect(shown(first.heard)).toEqual(["finished"]);
    const again = follow(server, { "Last-Event-ID": first.heard[0]?.id as string });
    expect([await again.ended, again.heard]).toEqual([204, []]);
  });

  test("of a log that was begun anew since tells all of the new one that stands", async () => {
    const { runs, file } = runOf(begin, start(0), progress(1));
    const server = await testServer({ runs });
    const first = follow(server);
    await vi.waitFor(() => expect(first.heard).toHaveLength(2));
    first.leave();
    const anew = { ...begin, time: 9 };
    writeFileSync(file, log(anew, start(0), progress(5), progress(7), anew, start(5), progress(6), saved, end));
    const again = follow(server, { "Last-Event-ID": first.heard[1]?.id as string });
    await again.ended;
    expect(shown(again.heard)).toEqual(["start 0", "progress 5", "start 5", "progress 6", "saved", "finished"]);
  });

  test.each(["nonsense", "-1", "1e9", "99999999", "0123456789abcdef-7", "none-7"])("%s begins anew", async (id) => {
    const { runs } = runOf(begin, start(0), saved, end);
    const { heard, ended } = follow(await testServer({ runs }), { "Last-Event-ID": id });
    await ended;
    expect(shown(heard)).toEqual(["start 0", "saved", "finished"]);
  });
});

test("a log that is begun anew is read from its start", async () => {
  const { runs, file } = runOf(begin, start(0), progress(1), progress(2), progress(3));
  const { heard } = follow(await testServer({ runs }));
  await vi.waitFor(() => expect(heard).toHaveLength(4));
  writeFileSync(file, log(begin, start(0)));
  await vi.waitFor(() => expect(shown(heard).slice(4)).toEqual(["start 0"]));
});

test("a log that is begun anew and has soon grown past the old one loses no line", async () => {
  const { runs, file } = runOf(begin, start(0), progress(1));
  const { heard } = follow(await testServer({ runs }));
  await vi.waitFor(() => expect(heard).toHaveLength(2));
  const steps = Array.from({ length: 20 }, (_, i) => i + 1);
  writeFileSync(file, log({ ...begin, time: 9 }, start(0), ...steps.map(progress)));
  const expected = ["start 0", ...steps.map((step) => `progress ${step}`)];
  await vi.waitFor(() => expect(shown(heard).slice(2)).toEqual(expected));
});

test("what stands in a log of many megabytes is told to its end", async () => {
  const { runs, file } = runOf(begin, start(0));
  const slow = { time: 3, type: "warning", message: "x".repeat(2 ** 20) };
  for (let i = 0; i < 66; i++) appendFileSync(file, log(slow));
  appendFileSync(file, log(progress(7), saved, end));
  const server = await testServer({ runs });
  const { heard, ended } = follow(server);
  await ended;
  expect(shown(heard).slice(-3)).toEqual(["progress 7", "saved", "finished"]);
  expect(heard).toHaveLength(70);
  const listed = (await (await server.ask("/api/runs")).json()) as { runs: object[] };
  expect(listed.runs[0]).toMatchObject({ name: "a", state: "finished", step: 7 });
});

test("silence is filled with comments, so that nobody thinks the line dead", async () => {
  const { runs } = runOf(begin, start(0));
  const { comments } = follow(await testServer({ runs }));
  await vi.waitFor(() => expect(comments.length).toBeGreaterThan(1));
  expect(comments[0]).toBe(": nothing new");
});

test("followers beyond the limit are told to come later, and have a place when others go", async () => {
  const { runs } = runOf(begin, start(0));
  const server = await testServer({ runs });
  const followers = Array.from({ length: 32 }, () => follow(server));
  await vi.waitFor(() => expect(followers.every(({ heard }) => heard.length === 1)).toBe(true));
  const { status, headers, body } = await server.ask("/api/runs/a/events").then(async (response) => {
    return { status: response.status, headers: response.headers, body: await response.json() };
  });
  expect({ status, body, after: headers.get("retry-after") }).toEqual({
    status: 503,
    body: { error: "server: expected at most 32 followers at a time but found one more; close a page" },
    after: "10",
  });
  followers[0]?.leave();
  await vi.waitFor(async () => {
    const late = follow(server);
    await vi.waitFor(() => expect(late.heard).toHaveLength(1), { timeout: 200 });
  });
});

test("HEAD follows nothing", async () => {
  const { runs } = runOf(begin, start(0));
  const { request } = await testServer({ runs });
  expect(parts(await request("HEAD /api/runs/a/events")).status).toBe(405);
});

test("a run that is none is not there", async () => {
  const { ask } = await testServer();
  expect((await ask("/api/runs/a/events")).status).toBe(404);
});
