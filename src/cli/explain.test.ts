import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hexColor, type Rgb, sequentialTable, shadeIndex, type Theme } from "../views/color-table.ts";
import { decodePng } from "../views/png.fixture.ts";
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
  const { err } = await explain(["9 may 1998", "-o", "deep/a.json"]);
  expect(err).toBe("Written to deep/a.json, in a new folder\n");
  expect((await explain(["9 may 1998", "-o", "deep/a.json"])).err).toBe("Written to deep/a.json\n");
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
    candidates: [
      [
        { token: "1", probability: 0.75 },
        { token: "2", probability: 0.25 },
      ],
      [{ token: "9", probability: 1 }],
    ],
  });
});

test("a NumPy file holds the weights", async () => {
  await explain(["9 may 1998", "-o", "a.npy"]);
  const bytes = readFileSync(join(cwd, "a.npy"));
  expect(bytes.toString("latin1")).toContain("'shape': (2, 3)");
  const weights = Array.from({ length: 6 }, (_, i) => bytes.readFloatLE(bytes.length - 24 + 4 * i));
  expect(weights).toEqual([...Float32Array.of(0.1, 0.2, 0.7, 1, 0, 0)]);
});

test("a PNG is the picture at its scale, in either theme, with the colours of the weights", async () => {
  const size = async (...words: string[]) => {
    const { code, err } = await explain(["9 may 1998", "-o", "a.png", ...words]);
    expect([code, err]).toEqual([EXIT.done, "Written to a.png\n"]);
    return decodePng(readFileSync(join(cwd, "a.png")));
  };
  const [single, large] = [await size(), await size("--scale", "4", "--theme", "dark")];
  expect([large.width, large.height]).toEqual([4 * single.width, 4 * single.height]);
  const colors = (png: typeof single) => {
    const found = new Set<string>();
    for (let y = 0; y < png.height; y++) for (let x = 0; x < png.width; x++) found.add(hexColor(png.colorAt(x, y)));
    return found;
  };
  const shades = (theme: Theme) =>
    [0.1, 0.2, 0.7, 1, 0].map((w) => hexColor(sequentialTable(theme)[shadeIndex(Math.fround(w))] as Rgb));
  const [light, dark] = [colors(single), colors(large)];
  expect(shades("light").filter((shade) => !light.has(shade))).toEqual([]);
  expect(shades("dark").filter((shade) => !dark.has(shade))).toEqual([]);
});

test("characters that no font has are named on stderr, and the picture is written", async () => {
  const { code, err } = await explain(["9 may \u{10fffd}", "-o", "a.png"]);
  expect(code).toBe(EXIT.done);
  expect(err).toBe(
    "Warning: no font of this machine has \u{10fffd} (U+10FFFD); a sign of replacement stands in the picture instead. " +
      "Install a font that has them, or name one with --font.\nWritten to a.png\n",
  );
  expect(readdirSync(cwd)).toEqual(["a.png"]);
});

test("a theme and a language hold for a page and for the terminal", async () => {
  const html = async (...words: string[]) => {
    await explain(["9 may 1998", "-o", "a.html", ...words]);
    return readFileSync(join(cwd, "a.html"), "utf8");
  };
  expect(await html()).toContain("prefers-color-scheme:dark");
  const dark = await html("--theme", "dark", "--lang", "zh-CN");
  expect(dark).toContain('<html lang="zh-CN">');
  expect(dark).toContain("<h2>逐步过程</h2>");
  expect(dark).not.toContain("prefers-color-scheme");
  expect((await explain(["9 may 1998", "--lang", "zh-CN"])).out).toContain("输入 →  输出 ↓");
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
    ["x", "-o", "a.gif"],
    EXIT.usage,
    'explain: expected --out to end in .txt, .json, .csv, .npy, .svg, .html or .png but found "a.gif"',
  ],
  [
    ["x", "-o", "a"],
    EXIT.usage,
    'explain: expected --out to end in .txt, .json, .csv, .npy, .svg, .html or .png but found "a"',
  ],
  [
    ["x", "-o", "a.svg", "--scale", "2"],
    EXIT.usage,
    'explain: expected --scale with an --out that ends in .png but found "a.svg"',
  ],
  [["x", "--font", "a.ttf"], EXIT.usage, "explain: expected --font with an --out that ends in .png but found no --out"],
  [["x", "-o", "a.png", "--scale", "3"], EXIT.usage, 'explain: expected --scale to be 1, 2 or 4 but found "3"'],
  [["x", "--lang", "zh"], EXIT.usage, 'explain: expected --lang to be en or zh-CN but found "zh"'],
  [
    ["x", "-o", "a.png", "--font", "none.ttf"],
    EXIT.data,
    "explain: expected a font (.ttf, .otf, .ttc) at none.ttf but found nothing that can be read",
  ],
  [[""], EXIT.data, "text: expected 1 to 30 characters but found 0"],
  [["x".repeat(31)], EXIT.data, "text: expected 1 to 30 characters but found 31"],
])("%j is told", async (words, code, message) => {
  expect(await explain(words)).toEqual({ code, out: "", err: `fovea: ${message}\n` });
});
