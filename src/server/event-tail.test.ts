import { spawnSync } from "node:child_process";
import { appendFileSync, openSync, symlinkSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type LogPlace, NO_LOG, type ReadLogOptions, readLog } from "./event-tail.ts";
import { scratchFolder } from "./server.fixture.ts";

const begin = (time: number) => ({ time, type: "begin", process: 7, machine: "here" });
const warning = (message: string) => ({ time: 2, type: "warning", message });
const log = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");

/** What a reader hears of a log, and where it goes on. */
async function read(path: string, options: ReadLogOptions = {}): Promise<{ heard: unknown[]; end: LogPlace }> {
  const heard: unknown[] = [];
  let end = NO_LOG;
  for await (const piece of readLog(path, options)) {
    heard.push(...piece.lines.map(({ line }) => ("message" in line ? line.message : line.time)));
    end = piece.end;
  }
  return { heard, end };
}

test("a reader goes on behind the last whole line", async () => {
  const path = join(scratchFolder({ log: log(begin(1), warning("a")) }), "log");
  const first = await read(path);
  expect(first).toEqual({ heard: [1, "a"], end: { generation: expect.stringMatching(/^[0-9a-f]{16}$/), bytes: 97 } });
  const [half, rest] = [log(warning("b")).slice(0, 9), log(warning("b")).slice(9)];
  appendFileSync(path, half);
  expect(await read(path, { from: first.end })).toEqual({ heard: [], end: first.end });
  appendFileSync(path, rest);
  expect((await read(path, { from: first.end })).heard).toEqual(["b"]);
  expect((await read(path, { to: first.end.bytes })).heard).toEqual([1, "a"]);
});

test.each([
  ["grown past the reader's place", [begin(2), warning("b"), warning("c"), warning("d")]],
  ["shorter", [begin(2)]],
])("a log that was begun anew is read from its start, when it has %s", async (_, lines) => {
  const path = join(scratchFolder({ log: log(begin(1), warning("a")) }), "log");
  const { end } = await read(path);
  writeFileSync(path, log(...lines));
  const { heard } = await read(path);
  expect((await read(path, { from: end })).heard).toEqual(heard);
  expect(heard).toHaveLength(lines.length);
});

test("a long log is read in pieces, no line twice and no letter torn", async () => {
  const messages = Array.from({ length: 3000 }, (_, i) => `${i} ${"界é".repeat(i % 200)}`);
  const path = join(scratchFolder({ log: log(...messages.map(warning)) }), "log");
  let pieces = 0;
  for await (const { lines } of readLog(path)) pieces += lines.length > 0 ? 1 : 0;
  expect(pieces).toBeGreaterThan(3);
  expect((await read(path)).heard).toEqual(messages);
});

test("what comes behind much damage is read, with little of it in memory at a time", async () => {
  const path = join(scratchFolder({ log: log(begin(1)) }), "log");
  truncateSync(path, 2 ** 26 + 100);
  const file = openSync(path, "a");
  const damaged = await read(path);
  expect(damaged.heard).toEqual([1]);
  expect(damaged.end.bytes).toBeGreaterThan(2 ** 25);
  writeSync(file, `\n${log(warning("behind it"))}`);
  const whole = await read(path);
  expect(whole.heard).toEqual([1, "behind it"]);
  expect(await read(path, { from: damaged.end })).toEqual({ heard: ["behind it"], end: whole.end });
});

const isWindows = process.platform === "win32";

test.skipIf(isWindows)("links, pipes and folders are no logs", async () => {
  const outside = scratchFolder({ secret: log(warning("secret")) });
  const folder = scratchFolder({ "folder/file": "" });
  symlinkSync(join(outside, "secret"), join(folder, "link"));
  expect(spawnSync("mkfifo", [join(folder, "pipe")]).status).toBe(0);
  for (const name of ["link", "pipe", "folder", "nothing"]) {
    expect(await read(join(folder, name))).toEqual({ heard: [], end: NO_LOG });
  }
});
