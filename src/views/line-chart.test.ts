import { expect, test } from "vitest";
import type { LineChart } from "./curve.ts";
import { type LineChartLayout, layoutLineChartPanels } from "./line-chart-layout.ts";
import { renderSvg, renderTerminal } from "./render.ts";
import { pageSurface } from "./surface.ts";

const x = Array.from({ length: 100 }, (_, i) => 1 + i);
const CHART: LineChart = {
  title: "Training",
  across: "step",
  curves: [
    { name: "training loss", unit: "nats", x, y: x.map((step) => 20 / step) },
    { name: "validation loss", unit: "nats", x: [1, 50, 100], y: [20, Number.NaN, 0.25] },
    { name: "exact match", unit: "%", x: [1, 50, 100], y: [0, 50, 100] },
  ],
};
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);

test("a chart has a panel a unit, names with last values, and ticks at 1, 2 and 5", () => {
  const shown = texts(renderSvg(CHART));
  expect(shown).toEqual([
    "Training",
    "training loss",
    "validation loss",
    "exact match",
    "0.2 nats",
    "0.25 nats",
    ...["0", "5", "10", "15", "20"],
    "100 %",
    ...["0 %", "50 %", "100 %"],
    ...["0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"],
    "step",
  ]);
});

test("long curves are faint and smoothed strong, gaps break the line, series differ in colour", () => {
  const svg = renderSvg(CHART);
  expect(svg).toContain('aria-label="Training: curves of training loss, validation loss, exact match"');
  expect([...svg.matchAll(/stroke="#0072b2" stroke-width="1" stroke-opacity="0.4"/g)]).toHaveLength(1);
  expect([...svg.matchAll(/stroke="#0072b2" stroke-width="2"/g)]).toHaveLength(2);
  const validation = [...svg.matchAll(/d="([^"]+)" fill="none" stroke="#d55e00"/g)].map((match) => match[1]);
  expect(validation[1]).toMatch(/^M[\d. ]+M[\d. ]+$/);
  // Neither of its two points has a neighbour to be joined with.
  expect(validation[2]).toMatch(/^M[\d. ]+h\.01M[\d. ]+h\.01$/);
});

test("a name without room for its value beside it stays whole, with the value below", () => {
  const curves = [{ name: "learning rate", noisy: false, x, y: x.map((step) => 0.004123 * step) }];
  for (const width of [180, 400]) {
    const { marks } = layoutLineChartPanels({ curves }, pageSurface({ width })).scene;
    const at = (text: string) =>
      marks.flatMap((mark) => (mark.kind === "text" && mark.text === text ? [mark.y] : []))[0];
    expect(at("learning rate"), String(width)).toBeDefined();
    expect((at("0.4123") as number) > (at("learning rate") as number)).toBe(width === 180);
  }
});

const ticksOf = (svg: string) => texts(svg).filter((text) => /^[−\d]/.test(text ?? ""));

test("one point is a dot at the end of an axis from zero, and a flat share is seen against the whole", () => {
  const svg = renderSvg({ curves: [{ name: "right", unit: "%", x: [30], y: [0] }] });
  expect(svg).toMatch(
    /<path d="M699.99 187h\.01" fill="none" stroke="#0072b2" stroke-width="6" stroke-linecap="round"/,
  );
  expect(ticksOf(svg)).toEqual(["0 %", "0 %", "50 %", "100 %", "0", "5", "10", "15", "20", "25", "30"]);
  const flat = renderSvg({ curves: [{ name: "right", unit: "%", x: [10, 20], y: [100, 100] }] });
  expect(flat).not.toContain("h.01");
  expect(ticksOf(flat).slice(1, 4)).toEqual(["0 %", "50 %", "100 %"]);
});

test.each([
  [[100, 200], 0, 200],
  [[0], 0, 1],
  [[900, 1000], 900, 1000],
  [[-4, 4], -4, 4],
] as const)("the axis across over %j goes from %s to %s", (steps, low, high) => {
  const chart = { curves: [{ name: "loss", x: [...steps], y: steps.map(() => 7) }] };
  const { frame } = layoutLineChartPanels(chart, pageSurface()).panels[0] as LineChartLayout["panels"][number];
  expect([frame.x.low, frame.x.high]).toEqual([low, high]);
});

test("the eighth series is dashed", () => {
  const curves = Array.from({ length: 8 }, (_, i) => ({ name: `head ${i}`, panel: "heads", x: [0, 1], y: [i, i] }));
  expect([...renderSvg({ curves }).matchAll(/stroke-dasharray/g)]).toHaveLength(2);
});

test("hostile names are text and nothing else", () => {
  const svg = renderSvg({ curves: [{ name: "<script>", unit: "]]>", x: [0, 1], y: [0, 1] }], across: "</svg>" });
  expect(svg).not.toContain("<script");
  expect(svg).not.toContain("]]>");
  expect(svg.match(/<\/svg>/g)).toHaveLength(1);
});

test("a logarithmic scale has powers of ten, and stays linear with zeros", () => {
  const decades = { name: "loss", x: [0, 1, 2], y: [0.01, 1, 100] };
  expect(texts(renderSvg({ curves: [decades], scale: "log" }))).toEqual(
    expect.arrayContaining(["0.01", "0.1", "1", "10", "100"]),
  );
  expect(texts(renderSvg({ curves: [{ ...decades, y: [0, 50, 100] }], scale: "log" }))).toContain("50");
});

test("in a terminal without colour each series has its sign", () => {
  const chart = {
    across: "step",
    curves: [
      { name: "up", panel: "p", x: [0, 10], y: [0, 10] },
      { name: "flat", panel: "p", x: [0, 10], y: [4, 4] },
    ],
  };
  const expected = `
    ** up 10  oo flat 4
10 │                          **
   │                      ****
   │                  ****
 5 │              ****
   │oooooooooooooooooooooooooooo
   │      ****
   │  ****
 0 │**
   └────────────────────────────
    0             5           10
                            step`;
  expect(renderTerminal(chart, { width: 32 })).toBe(expected.slice(1));
});

test("a single series is drawn in braille, or in ASCII", () => {
  const chart = { curves: [{ name: "a", x: [0, 1, 2], y: [0, 2, 0] }] };
  expect(renderTerminal(chart, { width: 24 })).toMatch(/[\u2800-\u28ff]/);
  const ascii = renderTerminal(chart, { width: 24, unicode: false });
  expect([...ascii].every((sign) => sign.charCodeAt(0) < 128)).toBe(true);
  expect(ascii).toContain("*");
});
