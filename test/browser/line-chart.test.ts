import { expect, test } from "vitest";
import { renderSvg } from "../../src/views/render.ts";
import { details, LOOKS, seriousFaults, set, showView } from "./sequence-views.ts";

const x = Array.from({ length: 100 }, (_, i) => 1 + i);
const CHART = {
  title: "Training",
  across: "step",
  curves: [
    { name: "training loss", unit: "nats", x, y: x.map((step) => 20 / step) },
    { name: "exact match", unit: "%", x: [10, 50, 100], y: [5, 60, 99.5] },
  ],
};

/** The paths of an SVG. */
const paths = (svg: string) => [...svg.matchAll(/ d="([^"]+)"/g)].map((match) => match[1]);

test("it is the drawing of a report", async () => {
  const { page, close } = await showView("fovea-line-chart", { chart: CHART }, { colorScheme: "light" });
  const { markup, width } = await page.evaluate(() => {
    const picture = (globalThis as unknown as { part: (selector: string) => HTMLElement }).part(".picture");
    return { markup: picture.innerHTML, width: picture.clientWidth };
  });
  expect(paths(markup)).toEqual(paths(renderSvg(CHART, { width, theme: "light" })));
  expect(await page.getByRole("img").getAttribute("aria-label")).toBe("Training: curves of training loss, exact match");
  await close();
});

test("pointing reads the values as they were given", async () => {
  const { page, close } = await showView("fovea-line-chart", { chart: CHART });
  const svg = page.locator("svg");
  const ticks = await svg.locator("text", { hasText: /^50$/ }).last().boundingBox();
  const box = await svg.boundingBox();
  if (!ticks || !box) throw new RangeError("expected a chart");
  await page.mouse.move(ticks.x + ticks.width / 2, box.y + 100);
  expect(await details(page, "read")).toEqual([
    {
      x: 50,
      readings: [
        { index: 0, name: "training loss", x: 50, y: 0.4, text: "0.4 nats" },
        { index: 1, name: "exact match", x: 50, y: 60, text: "60 %" },
      ],
    },
  ]);
  expect(await page.locator(".tip").innerText()).toBe("step 50\ntraining loss\n0.4 nats\nexact match\n60 %");
  expect(await page.locator(".dot").count()).toBe(2);
  await page.mouse.move(box.x + 100, box.y + box.height + 60);
  expect(await details(page, "status")).toEqual([
    { text: "step 50: training loss 0.4 nats, exact match 60 %" },
    { text: "" },
  ]);
  await close();
});

test("the arrow keys go from point to point and say the values", async () => {
  const { page, close } = await showView("fovea-line-chart", { chart: CHART });
  await page.getByRole("group").focus();
  for (const key of ["Home", "ArrowRight", "End", "ArrowLeft"]) await page.keyboard.press(key);
  const steps = (await details(page, "read")).map((reading) => (reading as { x: number }).x);
  expect(steps).toEqual([1, 2, 100, 99]);
  expect(await page.locator("[aria-live]").textContent()).toBe(
    "step 99: training loss 0.20202 nats, exact match 99.5 % (at 100)",
  );
  await page.keyboard.press("Escape");
  expect(await page.locator(".tip").count()).toBe(0);
  await close();
});

test("the first validation is a dot, in percent of the whole", async () => {
  const { page, close } = await showView("fovea-line-chart", {
    chart: { across: "step", curves: [{ name: "right", unit: "%", x: [30], y: [0] }] },
  });
  const dot = await page.locator("path[stroke-width='6']").boundingBox();
  expect((dot?.width ?? 0) >= 5).toBe(true);
  const ticks = (await page.locator("svg text").allTextContents()).filter((text) => /^[-−\d]/.test(text));
  expect(ticks.slice(1, 5)).toEqual(["0 %", "50 %", "100 %", "0"]);
  expect(ticks.at(-1)).toBe("30");
  await close();
});

test("a live chart shows its last state though it is fed faster than it draws", async () => {
  const { page, close } = await showView("fovea-line-chart", { chart: CHART });
  for (let last = 101; last <= 130; last++) {
    const longer = { ...CHART, curves: [{ name: "training loss", unit: "nats", x: [1, last], y: [9, last] }] };
    await page.evaluate((chart) => {
      (globalThis as unknown as { element: { chart: unknown } }).element.chart = chart;
    }, longer);
  }
  await expect.poll(() => page.locator("svg text", { hasText: "nats" }).textContent()).toBe("130 nats");
  await set(page, { chart: { curves: [] } });
  await expect.poll(() => page.getByText("No values yet.").isVisible()).toBe(true);
  await close();
});

test("curves whose x and y differ in length are refused", async () => {
  const { page, close } = await showView("fovea-line-chart", {});
  await expect(set(page, { chart: { curves: [{ name: "loss", x: [1, 2], y: [1] }] } })).rejects.toThrow(
    'lineChart: expected as many y as x in curve "loss" but found 1 and 2',
  );
  await close();
});

test.each(LOOKS)("axe finds no serious fault: $name", async ({ options }) => {
  const { page, close } = await showView("fovea-line-chart", { chart: CHART }, options);
  await page.getByRole("group").focus();
  await page.keyboard.press("Home");
  expect(await seriousFaults(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await close();
});
