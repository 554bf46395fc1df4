import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright";
import { type OpenPage, openPage, type PageOptions } from "./harness.ts";

/** What the tests of ribbons, step scrubber, comparison, line chart and probe strip share. */

const ENTRY = new URL("./pages/sequence-views.ts", import.meta.url);
const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/** The functions of `pages/sequence-views.ts`, for code that runs in the page. */
export interface ViewPage {
  readonly show: (name: string, properties: object) => Promise<void>;
  readonly heard: { name: string; detail: unknown }[];
  readonly part: (selector: string) => HTMLElement;
  readonly parts: (selector: string) => HTMLElement[];
  readonly pixel: (canvas: HTMLCanvasElement, across: number, down: number) => number[];
  readonly element: HTMLElement & Record<string, unknown>;
}

/** Opens the page with one element shown. */
export async function showView(name: string, properties: object, options: PageOptions = {}): Promise<OpenPage> {
  const opened = await openPage(ENTRY, { viewport: { width: 900, height: 900 }, ...options });
  await opened.page.evaluate(
    ([tag, values]) => (globalThis as unknown as ViewPage).show(tag as string, values as object),
    [name, properties] as const,
  );
  return opened;
}

/** The details of the events of a name so far. */
export function details(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate(
    (wanted) =>
      (globalThis as unknown as ViewPage).heard.filter((event) => event.name === wanted).map(({ detail }) => detail),
    name,
  );
}

/** Sets properties of the element that is shown, and waits until it is drawn. */
export async function set(page: Page, properties: object): Promise<void> {
  await page.evaluate(async (values) => {
    Object.assign((globalThis as unknown as ViewPage).element, values);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }, properties);
}

/** A property of the element that is shown. */
export function get(page: Page, name: string): Promise<unknown> {
  return page.evaluate((wanted) => (globalThis as unknown as ViewPage).element[wanted], name);
}

/** Faults that axe calls serious or critical, as `rule: where`. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; impact: string; nodes: { target: unknown[] }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.flat().join(" ")}`));
  });
}

/** How each view must be fit to be seen. */
export const LOOKS: readonly { readonly name: string; readonly options: PageOptions }[] = [
  { name: "light", options: { colorScheme: "light" } },
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "Chinese on a phone", options: { language: "zh-CN", viewport: { width: 360, height: 700 } } },
  { name: "forced colours", options: { forcedColors: "active" } },
];
