import type { Page } from "playwright";
import { expect, test } from "vitest";
import { openStudio, tinyModel, waitForAnswer } from "./studio-page.ts";

/** What all pages share: they come when the server is away, copy where it is forbidden, and fit a large text. */

const LOOK = "#/look?text=3+May+1979&masked=2";

async function openLook(options: Parameters<typeof openStudio>[0] = {}) {
  const studio = await openStudio({ model: await tinyModel(), hash: LOOK, ...options });
  await waitForAnswer(studio.page, "3 May 1979");
  return studio;
}

const goTo = (page: Page, name: string) => page.getByRole("navigation").getByRole("link", { name }).click();

test("once it is loaded, every page opens without the server", async () => {
  const { page } = await openStudio({ model: await tinyModel() });
  await waitForAnswer(page, "the 29th of August 1958");
  const isFetched = (name: string) =>
    page.evaluate((part) => {
      return performance.getEntriesByType("resource").some((entry) => entry.name.includes(part));
    }, name);
  for (const name of ["train-page", "catalogue-page", "open-page", "runs-page"]) {
    await expect.poll(() => isFetched(name)).toBe(true);
  }
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  for (const [name, title] of Object.entries({ Train: "Train", Open: "Open a model", Runs: "Runs" })) {
    await goTo(page, name);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
  }
  await goTo(page, "Catalogue");
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await page.locator("main").innerText()).not.toContain("a fault of its own");
});

test("a page that cannot be fetched says so, and comes when it is asked for again, with its style", async () => {
  const { page, address } = await openLook();
  await page.route(/open-page/, (route) => route.abort());
  await page.goto(`${address}#/look`);
  await page.reload();
  await goTo(page, "Open");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.innerText()).toContain("the server that this page came from does not answer");
  await page.unroute(/open-page/);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Open a model" }).waitFor();
  const border = () => page.locator(".drop-zone").evaluate((zone) => getComputedStyle(zone).borderTopStyle);
  await expect.poll(border).toBe("dashed");
});

test("where the browser does not let it copy, the text stands there selected", async () => {
  const { page, faults } = await openLook();
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.getByRole("button", { name: "Copy as code" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Copy", exact: true }).click();
  const box = page.getByLabel(/The text is selected/);
  await box.waitFor();
  const selected = await box.evaluate((element) => {
    const { value, selectionStart, selectionEnd } = element as HTMLTextAreaElement;
    return value.slice(selectionStart, selectionEnd);
  });
  expect(selected).toBe(await page.locator("dialog pre").textContent());
  expect(selected).toContain("openModel");
  expect(await box.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(faults).toEqual([]);
});

test("what is copied is on the clipboard", async () => {
  const { page } = await openLook({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy as code" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("✓ Copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await page.locator("dialog pre").textContent());
});

test.each([
  { width: 1280, height: 900 },
  { width: 360, height: 740 },
])(
  "at a text of twice the size all tabs are seen, nothing sticks out, and the bars leave room: $width",
  async (viewport) => {
    const { page } = await openLook({ viewport });
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    const parts = () =>
      page.evaluate(() => {
        const room = document.querySelector("header")?.getBoundingClientRect() as DOMRect;
        const tabs = [...document.querySelectorAll("nav a")].map((tab) => tab.getBoundingClientRect());
        const isInside = ({ left, right, top, bottom }: DOMRect) => {
          return left >= 0 && right <= innerWidth && top >= room.top && bottom <= room.bottom + 1;
        };
        return {
          tabs: tabs.length,
          inside: tabs.filter(isInside).length,
          over: document.documentElement.scrollWidth - innerWidth,
        };
      });
    await expect.poll(parts).toEqual({ tabs: 5, inside: 5, over: 0 });
    const covered = await page.evaluate(() => {
      const bars = [...document.querySelectorAll<HTMLElement>("header.header, .footer")];
      const sticky = bars.filter((bar) => getComputedStyle(bar).position === "sticky");
      return sticky.reduce((total, bar) => total + bar.offsetHeight, 0) / innerHeight;
    });
    expect(covered).toBeGreaterThan(0);
    expect(covered).toBeLessThan(0.4);
  },
);

test("a tab stop is never behind the bars at the edges", async () => {
  const { page } = await openLook({ viewport: { width: 1000, height: 560 } });
  await page.locator("fovea-compare").waitFor();
  const hidden: string[] = [];
  const look = () =>
    page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      if (!at || at.closest("header, footer, .skip")) return "";
      const { top, bottom, height } = at.getBoundingClientRect();
      const [head, foot] = ["header", "footer"].map(
        (bar) => document.querySelector(bar)?.getBoundingClientRect() as DOMRect,
      );
      const room = { top: (head as DOMRect).bottom, bottom: (foot as DOMRect).top };
      if (height > (room.bottom - room.top) / 2) return "";
      const isSeen = top >= room.top - 1 && bottom <= room.bottom + 1;
      return isSeen
        ? ""
        : `${at.localName} “${at.textContent?.trim().slice(0, 30)}” at ${Math.round(top)} to ${Math.round(bottom)}`;
    });
  let count = 0;
  for (; count < 200; count++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement === document.body)) break;
    hidden.push(await look());
  }
  expect(count).toBeGreaterThan(20);
  expect(hidden.filter((text) => text !== "")).toEqual([]);
});
