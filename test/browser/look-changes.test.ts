import type { Page } from "playwright";
import { expect, test } from "vitest";
import { openStudio, type StudioPageOptions, tinyModel, waitForAnswer } from "./studio-page.ts";

/** What the Look page shows is what was asked, and it says where that is not so. */

const TEXT = "3 May 1979";
const LOOK = "#/look?text=3+May+1979";

async function openLook(hash = LOOK, options: StudioPageOptions = {}) {
  const studio = await openStudio({ model: await tinyModel(), hash, ...options });
  await waitForAnswer(studio.page, TEXT);
  return studio;
}

const hashOf = (page: Page) => new URL(page.url()).hash;
const input = (page: Page) => page.getByLabel("Text", { exact: true });
const chips = (page: Page) => page.getByRole("region", { name: "What if?" }).locator(".chip");

/** Keeps the worker of models from answering for a while. */
async function keepBusy(page: Page, milliseconds: number): Promise<void> {
  for (const worker of page.workers()) {
    await worker.evaluate((time) => {
      setTimeout(() => {
        const end = performance.now() + time;
        while (performance.now() < end);
      });
    }, milliseconds);
  }
}

test("while an answer is on its way, what stands there counts as of before", async () => {
  const { page, faults } = await openLook();
  await keepBusy(page, 1500);
  await input(page).fill("10 Jul 2007");
  const answers = page.locator(".answers");
  expect(await answers.getAttribute("class")).toContain("stale");
  expect(await answers.getAttribute("aria-busy")).toBe("true");
  expect(await page.locator(".look-panels").getAttribute("aria-busy")).toBe("true");
  expect(await page.getByRole("button", { name: "Export" }).isDisabled()).toBe(true);
  await waitForAnswer(page, "10 Jul 2007");
  expect(await answers.getAttribute("class")).toBe("answers");
  expect(await page.locator(".look-panels").getAttribute("aria-busy")).toBe("false");
  expect(await page.getByRole("button", { name: "Export" }).isDisabled()).toBe(false);
  expect(faults).toEqual([]);
});

test("of a text that is refused, and of none, no answer is shown, and the views say whose they are", async () => {
  const { page, faults } = await openLook();
  const note = page.getByText(`The views below still show how the model read “${TEXT}”.`);
  const expectUnread = async () => {
    await note.waitFor();
    expect(await page.locator(".answer").count()).toBe(0);
    expect(await page.locator(".look-panels").getAttribute("class")).toContain("stale");
    for (const name of ["Export", "Copy as code"]) {
      expect(await page.getByRole("button", { name }).isDisabled()).toBe(true);
    }
    await page.locator("#matrix").click();
    await page.keyboard.press("e");
    expect(await page.getByRole("dialog").count()).toBe(0);
  };
  await input(page).fill("a text that is longer than the thirty characters");
  await page.getByRole("alert").waitFor();
  await expectUnread();
  await input(page).fill("");
  await page.getByText("Type a text, or choose an example").waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
  await expectUnread();
  await input(page).fill("x");
  await waitForAnswer(page, "x");
  expect(await note.count()).toBe(0);
  expect(faults).toEqual([]);
});

test("the line below the page goes with what it was about", async () => {
  const { page, faults } = await openLook();
  const status = page.locator(".footer .status");
  const point = async () => {
    await page
      .locator("fovea-attention-map")
      .locator(".cells")
      .hover({ position: { x: 20, y: 20 } });
    await expect.poll(() => status.textContent()).toContain("weight");
  };
  await point();
  await page.mouse.move(5, 5);
  await input(page).fill("4 June 1980");
  await waitForAnswer(page, "4 June 1980");
  await expect.poll(() => status.textContent()).toBe("");
  await point();
  await page.getByRole("navigation").getByRole("link", { name: "Open" }).click();
  await expect.poll(() => status.textContent()).toBe("");
  expect(faults).toEqual([]);
});

test("what a link changes is done as far as it can be; the rest is named, with the reason", async () => {
  const { page, faults } = await openLook(`${LOOK}&masked=2~40&forced=3:50&written=0:A~9:5`);
  await page.locator("fovea-compare").waitFor();
  expect(await chips(page).allTextContents()).toEqual(["“M” (3) masked✕", "step 10 writes “5”✕"]);
  const places = "The text has 10 characters, the answer 10, and each step is changed but once.";
  expect(await page.locator(".what-if .notice li").allTextContents()).toEqual([
    `Left out: character 41 masked. ${places}`,
    `Left out: step 4 reads character 51. ${places}`,
    "Left out: step 1 writes “A”. Expected step 1 to write one of 0 1 2 3 4 5 6 7 8 9 - but found A",
  ]);
  const names = await page.evaluate(() => {
    const name = (tag: string) => (document.querySelector(tag) as unknown as { name: string }).name;
    return [name("fovea-attention-map"), name("fovea-step-scrubber"), name("fovea-ribbons")];
  });
  expect(names).toEqual(["B", "B", "B"]);
  const masked = () =>
    page.evaluate(() => {
      return (document.querySelector("fovea-attention-map") as unknown as { masked: readonly number[] }).masked;
    });
  expect(await masked()).toEqual([2]);
  await page.getByRole("button", { name: "A", exact: true }).click();
  await expect.poll(masked).toEqual([]);
  await page.getByRole("button", { name: "Reset" }).click();
  await expect.poll(() => hashOf(page)).toBe(LOOK);
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("What if?");
  expect(faults).toEqual([]);
});

test("a character that the model cannot write becomes no change", async () => {
  const { page, faults } = await openLook(`${LOOK}&masked=2`);
  await page.locator("fovea-compare").waitFor();
  const steps = page.getByRole("region", { name: /^Step by step/ });
  const write = async (token: string) => {
    await steps.getByRole("textbox").fill(token);
    await steps.getByRole("button", { name: "Write" }).click();
  };
  await write("A");
  const refusal = page.locator(".look-panels").getByRole("alert");
  expect(await refusal.textContent()).toBe("Expected step 1 to write one of 0 1 2 3 4 5 6 7 8 9 - but found A");
  expect(hashOf(page)).toBe(`${LOOK}&masked=2`);
  await page.getByRole("button", { name: "中文" }).click();
  expect(await refusal.textContent()).toBe("应为第 1 步写 0 1 2 3 4 5 6 7 8 9 - 之一，实为A");
  expect(faults).toEqual([]);
});

test("Back brings back the changes that a typed letter took, and the text before an example", async () => {
  const { page, faults } = await openLook(`${LOOK}&masked=2`);
  await page.locator("fovea-compare").waitFor();
  await input(page).press("End");
  await page.keyboard.type("!!");
  await waitForAnswer(page, `${TEXT}!!`);
  expect(await page.locator("fovea-compare").count()).toBe(0);
  await page.goBack();
  await page.locator("fovea-compare").waitFor();
  expect(hashOf(page)).toBe(`${LOOK}&masked=2`);
  await page.goForward();
  await waitForAnswer(page, `${TEXT}!!`);
  await page.getByRole("button", { name: "10.09.70" }).click();
  await waitForAnswer(page, "10.09.70");
  await page.goBack();
  await waitForAnswer(page, `${TEXT}!!`);
  expect(faults).toEqual([]);
});

test.each([
  { name: "a desk", viewport: { width: 1280, height: 900 } },
  { name: "a phone", viewport: { width: 360, height: 740 } },
])("on $name the matrix stays under the pointer when there are changes", async ({ viewport }) => {
  const { page, faults } = await openLook(LOOK, { viewport });
  const map = page.locator("fovea-attention-map");
  await map.scrollIntoViewIfNeeded();
  const top = () => map.evaluate((element) => Math.round(element.getBoundingClientRect().top));
  for (const token of ["M", "a", "y"]) {
    const label = map.locator(".head .label", { hasText: token }).first();
    await label.hover();
    const before = await top();
    await label.click();
    const masked = { M: "2", a: "2%7E3", y: "2%7E3%7E4" }[token];
    await expect.poll(() => hashOf(page)).toBe(`${LOOK}&masked=${masked}`);
    await expect.poll(() => chips(page).count()).toBe(["M", "a", "y"].indexOf(token) + 1);
    expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1);
  }
  expect(faults).toEqual([]);
});

test("headings come in their order", async () => {
  const { page } = await openLook(`${LOOK}&masked=2`);
  await page.locator("fovea-compare").waitFor();
  const levels = await page
    .locator("h1, h2, h3, h4")
    .evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
  expect(levels[0]).toBe(1);
  expect(levels.filter((level, place) => place > 0 && level > (levels[place - 1] as number) + 1)).toEqual([]);
});
