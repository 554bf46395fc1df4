import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TestStream, type TestWorld, testContext } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { run } from "./run.ts";

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "fovea-explain-"));
});

afterEach(() => rmSync(cwd, { recursive: true }));

async function explain(words: readonly string[], world: TestWorld = {}) {
  const { context, stdout, stderr } = testContext({ cwd, ...world });
  const code = await run(["explain", ".", ...words], context);
  return { code, out: stdout.text, err: stderr.text };
}

const PLAIN = `\
1998-05-09

  9 may 1998 → 1998-05-09
  input →  output ↓
  m a y
1 ..::**
9 @@

  attention weight   ..::--==++**##%%@@
                   0       0.5        1
`;

test("without colour the map is drawn in characters", async () => {
  expect(await explain(["9 may 1998"])).toEqual({ code: EXIT.done, out: PLAIN, err: "" });
});

const terminal = () => new TestStream({ isTTY: true });

test.each([
  [{ TERM: "xterm", COLORTERM: "truecolor" }, "\x1b[48;2;"],
  [{ TERM: "xterm-256color" }, "48;5;"],
  [{ TERM: "xterm", FORCE_COLOR: "3" }, "48;2;"],
])("on a terminal with %j it is coloured", async (env, sequence) => {
  expect((await explain(["9 may 1998"], { stdout: terminal(), env })).out).toContain(sequence);
});

const colorless: Record<string, string>[] = [
  { TERM: "dumb" },
  { TERM: "xterm", COLORTERM: "truecolor", NO_COLOR: "1" },
];

test.each(colorless)("on a terminal with %j it is not", async (env) => {
  expect((await explain(["9 may 1998"], { stdout: terminal(), env })).out).not.toContain("\x1b");
});

test("where signs beyond ASCII cannot be shown there are none", async () => {
  const { out } = await explain(["9 may 1998"], { env: { LANG: "C" } });
  expect([...out].every((character) => character < "\x7f")).toBe(true);
});

test.each([
  ["a.txt", PLAIN],
  ["a.csv", ",m,a,y\r\n1,0.1,0.2,0.7\r\n9,1,0,0\r\n"],
  ["A.CSV", ",m,a,y\r\n1,0.1,0.2,0.7\r\n9,1,0,0\r\n"],
])("%s holds it all, and nothing is left beside it", async (name, content) => {
  writeFileSync(join(cwd, name), "old");
  expect(await explain(["9 may 1998", "-o", name])).toEqual({
    code: EXIT.done,
    out: "1998-05-09\n",
    err: `Written to ${name}\n`,
  });
  expect(readFileSync(join(cwd, name), "utf8")).toBe(content);
  expect(readdirSync(cwd)).toEqual([name]);
});

test("JSON holds the record and the map", async () => {
  await explain(["9 may 1998", "-o", "deep/a.json"]);
  expect(JSON.parse(readFileSync(join(cwd, "deep/a.json"), "utf8"))).toEqual({
    text: "9 may 1998",
    output: "1998-05-09",
    confidence: 0.993,
    certain: true,
    valid: true,
    map: {
      title: "9 may 1998 → 1998-05-09",
      rows: ["1", "9"],
      columns: ["m", "a", "y"],
      weights: [
        [0.1, 0.2, 0.7],
        [1, 0, 0],
      ],
    },
  });
});

test("pictures and pages are files of their own", async () => {
  await explain(["saturday 9 may 1998", "-o", "a.svg"]);
  expect(readFileSync(join(cwd, "a.svg"), "utf8")).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  await explain(["saturday 9 may 1998", "-o", "a.html"]);
  const html = readFileSync(join(cwd, "a.html"), "utf8");
  expect(html).toContain("<h1>saturday 9 may 1998 → 1998-05-09</h1>");
  expect(html).toContain("? doubtful (confidence 0.41)");
});

test.each([
  [
    ["x", "-o", "a.png"],
    EXIT.usage,
    'explain: expected --out to end in .txt, .json, .csv, .svg or .html but found "a.png"',
  ],
  [["x", "-o", "a"], EXIT.usage, 'explain: expected --out to end in .txt, .json, .csv, .svg or .html but found "a"'],
  [[""], EXIT.data, "text: expected 1 to 30 characters but found 0"],
  [["x".repeat(31)], EXIT.data, "text: expected 1 to 30 characters but found 31"],
])("%j is told", async (words, code, message) => {
  expect(await explain(words)).toEqual({ code, out: "", err: `fovea: ${message}\n` });
});
