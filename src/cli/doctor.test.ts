import { expect, test } from "vitest";
import { TestStream, testContext } from "./context.fixture.ts";
import { doctor, type Machine } from "./doctor.ts";
import { EXIT } from "./exit-codes.ts";
import { run } from "./run.ts";

const MACHINE: Machine = {
  nodeVersion: "20.19.0",
  platform: "linux/x64",
  cores: 8,
  memory: 15.5 * 2 ** 30,
  add: async (a, b) => a + b,
  tryToWrite: async () => undefined,
  countFiles: async () => 12,
};

async function examine(change: Partial<Machine> = {}) {
  const stdout = new TestStream({ isTTY: true });
  const { context } = testContext({ stdout, env: { TERM: "xterm-256color", LANG: "C.UTF-8" } });
  const code = await doctor(context, { ...MACHINE, ...change });
  return { code, lines: stdout.text.trimEnd().split("\n") };
}

test("where all is well there is a line for each check", async () => {
  expect(await examine()).toEqual({
    code: EXIT.done,
    lines: [
      "ok    Node.js         20.19.0",
      "ok    ONNX Runtime    loads, and 2 + 3 = 5",
      "ok    platform        linux/x64",
      "ok    cores           8 (training uses 2)",
      "ok    memory          15.5 GiB",
      "ok    current folder  can be written to",
      "ok    studio          is built (12 files)",
      "ok    colour          256 colours, for a dark background, Unicode",
    ],
  });
});

const refuse = (message: string, code?: string) => async (): Promise<never> => {
  throw Object.assign(new Error(message), { code });
};

test.each([
  [{ nodeVersion: "20.18.3" }, "fail  Node.js         20.18.3; install 20.19 or later: https://nodejs.org"],
  [{ nodeVersion: "18.99.0" }, "fail  Node.js         18.99.0; install 20.19 or later: https://nodejs.org"],
  [{ add: async () => 6 }, "fail  ONNX Runtime    2 + 3 = 6; install onnxruntime-node again: npm ci"],
  [
    { add: refuse("no library\nstack") },
    "fail  ONNX Runtime    does not load (no library); install it for this machine: npm ci",
  ],
  [
    { platform: "aix/ppc64" },
    "fail  platform        aix/ppc64; ONNX Runtime comes for linux/x64, linux/arm64, darwin/arm64, win32/x64, win32/arm64; run it on one of these",
  ],
  [{ memory: 2 ** 28 }, "fail  memory          0.3 GiB; give it 512 MiB at least"],
  [
    { tryToWrite: refuse("no", "EROFS") },
    "fail  current folder  cannot be written to (EROFS); go to another folder, or name one with --out",
  ],
  [{ countFiles: refuse("no", "ENOENT") }, "fail  studio          is not built; build it: npm run build"],
  [{ countFiles: async () => 0 }, "fail  studio          is not built; build it: npm run build"],
])("%j fails, the others do not", async (change, line) => {
  const { code, lines } = await examine(change);
  expect(code).toBe(EXIT.failure);
  expect(lines.filter((found) => found.startsWith("fail"))).toEqual([line]);
});

test("this machine is well", async () => {
  // Any folder with files does for a page: whether the real one is built, nobody knows here.
  const { context, stdout } = testContext({ page: import.meta.dirname });
  expect({ code: await run(["doctor"], context), out: stdout.text }).toEqual({
    code: EXIT.done,
    out: expect.stringMatching(/^(ok {4}.*\n){8}$/),
  });
});
