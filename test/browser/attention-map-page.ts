import type { Page } from "playwright";
import type { FoveaAttentionMap } from "../../src/views/elements/attention-map.ts";
import { type OpenPage, openPage, type PageOptions } from "./harness.ts";

/** What the tests of the attention map share: its page, and how to point at its cells. */

/** What `pages/attention-map.ts` lays out, for code that runs in the page. */
export interface MapPage {
  readonly element: FoveaAttentionMap;
  readonly heard: { name: string; detail: unknown }[];
  readonly inside: (selector: string) => HTMLElement;
  readonly pixelAt: (row: number, column: number) => number[];
  readonly wrongPixels: () => string[];
}
declare const element: MapPage["element"];
declare const heard: MapPage["heard"];
declare const inside: MapPage["inside"];

const ENTRY = new URL("./pages/attention-map.ts", import.meta.url);

export function openMap(options: PageOptions = {}): Promise<OpenPage> {
  return openPage(ENTRY, { viewport: { width: 900, height: 800 }, ...options });
}

export async function set(page: Page, properties: Partial<Record<keyof FoveaAttentionMap, unknown>>): Promise<void> {
  await page.evaluate(async (values) => {
    Object.assign(element, values);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }, properties);
}

/** Details of the events of a name so far. */
export function details(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate((wanted) => heard.filter((event) => event.name === wanted).map(({ detail }) => detail), name);
}

/** The middle of a cell in the window. */
export function middle(page: Page, row: number, column: number): Promise<{ x: number; y: number }> {
  return page.evaluate(
    ([down, across]) => {
      const box = inside(".cells").getBoundingClientRect();
      const { rows, columns } = element.cells;
      return {
        x: box.left + (((across as number) + 0.5) * box.width) / columns,
        y: box.top + (((down as number) + 0.5) * box.height) / rows,
      };
    },
    [row, column],
  );
}

export async function pointAt(page: Page, row: number, column: number): Promise<void> {
  const { x, y } = await middle(page, row, column);
  await page.mouse.move(x, y);
}

export async function clickOn(page: Page, row: number, column: number): Promise<void> {
  const { x, y } = await middle(page, row, column);
  await page.mouse.click(x, y);
}

/** Text of a part of the element. */
export const text = (page: Page, selector: string): Promise<string | null> =>
  page.evaluate((at) => inside(at).textContent, selector);
/** Whether a part of the element is shown. */
export const isShown = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((at) => !inside(at).hidden, selector);
