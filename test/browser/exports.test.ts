import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BrowserContextOptions, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AttentionMap } from "../../src/views/attention-map.ts";
import { sequentialTable, shadeIndex, type Theme } from "../../src/views/color-table.ts";
import { DATE_MAP } from "../../src/views/date-map.fixture.ts";
import { DATE_EXPLANATION } from "../../src/views/explanation.fixture.ts";
import { EXPORTS, type Exportable, type ExportFormat, type ExportOptions } from "../../src/views/export-map.ts";
import { layoutHeatMap } from "../../src/views/heat-map-layout.ts";
import { decodePng } from "../../src/views/png.fixture.ts";
import { renderSvg } from "../../src/views/render.ts";
import type { CellsMark } from "../../src/views/scene.ts";
import { pageSurface } from "../../src/views/surface.ts";
import { launchChromium, openPage } from "./harness.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-exports-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const HTML = EXPORTS.find(({ name }) => name === "html") as ExportFormat;
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface OpenFile {
  readonly page: Page;
  /** Errors, broken rules of the content policy, and requests other than for the file. */
  readonly faults: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens an HTML export as a file, as a double click would. */
async function openFile(html: string, options: BrowserContextOptions = {}): Promise<OpenFile> {
  const file = join(folder, "export.html");
  writeFileSync(file, html);
  const address = pathToFileURL(file).href;
  const context = await (await launchChromium()).newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => faults.push(message.text()));
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) faults.push(`request of ${request.url()}`);
  });
  await page.goto(address);
  return { page, faults, close: () => context.close() };
}

/** The faults that axe finds to be serious or critical. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
}

const squared = (size: number): AttentionMap => {
  const tokens = Array.from({ length: size }, (_, i) => String(i));
  const weights = Float32Array.from({ length: size * size }, (_, i) => ((i * 7919) % 997) / 997);
  return { title: `${size} × ${size}`, rows: tokens, columns: tokens, weights };
};

const TURNED: ExportOptions = {
  transposed: true,
  scale: "row",
  change: { masked: [4], written: [{ step: 9, token: "5" }] },
};

const PAGES: readonly [name: string, what: Exportable, drawing: ExportOptions, options: BrowserContextOptions][] = [
  ["an answer", DATE_EXPLANATION, {}, {}],
  ["a changed answer, turned", DATE_EXPLANATION, TURNED, {}],
  ["curves", { curves: [{ name: "loss", x: [1, 2, 3], y: [3, 2, 1] }] }, {}, {}],
  ["an answer in the dark", DATE_EXPLANATION, {}, { colorScheme: "dark" }],
  [
    "an answer in Chinese on a phone",
    DATE_EXPLANATION,
    { language: "zh-CN" },
    { viewport: { width: 360, height: 740 } },
  ],
  ["a map of 3,600 cells", squared(60), {}, {}],
];

test.each(PAGES)("%s opens from a file, asks for nothing, and axe finds no serious fault", async (...given) => {
  const [, what, drawing, options] = given;
  const { page, faults, close } = await openFile(HTML.make(what, drawing) as string, options);
  expect(await seriousFaults(page)).toEqual([]);
  const narrow = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  expect(narrow).toBe(true);
  expect(faults).toEqual([]);
  await close();
});

test("the policy holds: a script that is not the report's does not run", async () => {
  const html = (HTML.make(DATE_EXPLANATION) as string).replace(
    "</main>",
    "</main><script>document.title = 'run'</script>",
  );
  const { page, faults, close } = await openFile(html);
  expect(await page.title()).toBe("the 29th of August 1958 → 1958-08-29");
  expect(faults.join(" ")).toContain("script-src");
  await close();
});

test("the keyboard reaches every cell, the table and all that scrolls", async () => {
  const { page, close } = await openFile(HTML.make(DATE_EXPLANATION) as string);
  const status = page.locator(".status");
  const figure = page.locator("figure.map");
  for (let presses = 0; presses < 5; presses++) {
    await page.keyboard.press("Tab");
    if (await figure.evaluate((element) => element === document.activeElement)) break;
  }
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  expect(await status.textContent()).toBe(
    "output “9” (2) ← input “8” (23): weight 0.004, rank 3 of 23, row entropy 1.28 bits",
  );
  await page.keyboard.press("ArrowLeft");
  expect(await status.textContent()).toContain("input “5” (22)");
  await page.keyboard.press("Escape");
  expect(await status.textContent()).toContain("Point at a cell");
  await page.keyboard.press("Tab");
  while (!(await page.evaluate(() => document.activeElement?.tagName === "SUMMARY"))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.locator("details table").isVisible()).toBe(true);
  await close();
});

test("turned, the arrow keys go over the cells as they are drawn, and the table is turned too", async () => {
  const { page, close } = await openFile(HTML.make(DATE_EXPLANATION, TURNED) as string);
  expect(await page.locator(".subtitle").textContent()).toBe("changed: “2” (5) masked; step 10 made to write “5”");
  await page.locator("figure.map").focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
  expect(await page.locator(".status").textContent()).toMatch(/^output “9” \(2\) ← input “h” \(2\): weight /);
  expect(await page.locator("details tbody tr").count()).toBe(23);
  await close();
});

test.each(["light", "dark"] as const)(
  "where the reader prefers %s the page and its cells are so",
  async (colorScheme) => {
    const { page, close } = await openFile(HTML.make(DATE_EXPLANATION) as string, { colorScheme });
    const found = await page.evaluate(() => ({
      paper: getComputedStyle(document.body).backgroundColor,
      cells: [...document.querySelectorAll(".fv-map > rect:not(.cursor)")].map((cell) => getComputedStyle(cell).fill),
    }));
    expect(found.paper).toBe(colorScheme === "dark" ? "rgb(18, 22, 28)" : "rgb(255, 255, 255)");
    const table = sequentialTable(colorScheme);
    const weights = [...Float32Array.from(DATE_MAP.weights)];
    expect(found.cells).toEqual(weights.map((weight) => `rgb(${table[shadeIndex(weight)]?.join(", ")})`));
    await close();
  },
);

test("a theme that was asked for holds against the reader's", async () => {
  const { page, close } = await openFile(HTML.make(squared(60), { theme: "light" }) as string, { colorScheme: "dark" });
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
  expect(await page.locator("image").count()).toBe(1);
  await close();
});

test("of the two bitmaps of a large map the one of the reader's theme shows", async () => {
  const { page, close } = await openFile(HTML.make(squared(60)) as string, { colorScheme: "dark" });
  const shown = () => page.locator("image").evaluateAll((all) => all.map((image) => getComputedStyle(image).display));
  expect(await shown()).toEqual(["none", "inline"]);
  await page.emulateMedia({ colorScheme: "light" });
  expect(await shown()).toEqual(["inline", "none"]);
  await close();
});

/** The colours in the middle of a map's cells in a picture of it, and those of the table. */
function colors(map: AttentionMap, bytes: Uint8Array, { scale, theme }: { scale: number; theme: Theme }) {
  const scene = layoutHeatMap(map, pageSurface());
  const { x, y, cellWidth, cellHeight, columns } = scene.marks.find((mark) => mark.kind === "cells") as CellsMark;
  const png = decodePng(bytes);
  const middle = (place: number, start: number, size: number) => Math.floor((start + (place + 0.5) * size) * scale);
  const drawn = Array.from(map.weights, (_, i) => {
    return png.colorAt(middle(i % columns, x, cellWidth), middle(Math.floor(i / columns), y, cellHeight));
  });
  const expected = Array.from(map.weights, (weight) => sequentialTable(theme)[shadeIndex(weight)]);
  return { drawn, expected, size: [png.width, png.height], page: [Math.ceil(scene.width), Math.ceil(scene.height)] };
}

const PNG_PAGE = new URL("./pages/png.ts", import.meta.url);

test.each([
  [DATE_MAP, 1, "light"],
  [DATE_MAP, 2, "dark"],
  [DATE_MAP, 4, "light"],
  [squared(60), 1, "dark"],
  [squared(60), 4, "light"],
  [squared(400), 1, "light"],
] as const)(
  "PNG made in a page has in every cell the table's colour for its weight, case %#",
  async (map, scale, theme) => {
    const { page, close } = await openPage(PNG_PAGE);
    const bytes = await page.evaluate(
      ([svg, factor]) => {
        const { bytesOf } = globalThis as unknown as { bytesOf: (svg: string, scale: number) => Promise<number[]> };
        return bytesOf(svg, factor);
      },
      [renderSvg(map, { theme }), scale] as const,
    );
    const { drawn, expected, size, page: natural } = colors(map, Uint8Array.from(bytes), { scale, theme });
    expect(drawn).toEqual(expected);
    expect(size).toEqual(natural.map((side) => side * scale));
    await close();
  },
);

test.each([
  ["<p>no picture</p>", 1, "svgToPng: expected an SVG picture with its width and height but found what is none"],
  [renderSvg(DATE_MAP), 0, "svgToPng: expected a scale above 0 but found 0"],
  [
    renderSvg(DATE_MAP),
    200,
    "svgToPng: expected a picture that the browser can hold but found 122400 × 74200 pixels; take a smaller scale",
  ],
])("what cannot be drawn in a page is told, case %#", async (svg, scale, message) => {
  const { page, close } = await openPage(PNG_PAGE);
  const told = await page.evaluate(
    async ([text, factor]) => {
      const { bytesOf } = globalThis as unknown as { bytesOf: (svg: string, scale: number) => Promise<number[]> };
      return bytesOf(text, factor).then(
        () => "drawn",
        (error: Error) => error.message,
      );
    },
    [svg, scale] as const,
  );
  expect(told).toBe(message);
  await close();
});
