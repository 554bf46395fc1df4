import { readFileSync } from "node:fs";
import type { Page } from "playwright";
import { expect, test } from "vitest";
import { FAMILIES, MECHANISMS, type Mechanism } from "../../src/attention/index.ts";
import { KNOWN_ANSWERS } from "../../src/data/known-answers/index.ts";
import { type Walk, type WalkInput, type WalkProblem, WalkThrough } from "../../src/tasks/index.ts";
import { formatNumber, formatWeight } from "../../src/views/index.ts";
import { moveTo, type Point, planeOf, toPlane } from "../../studio/src/pages/catalogue/plane.ts";
import { openStudio, type StudioPage } from "./studio-page.ts";

/** A card as it stands in the page. */
interface ShownCard {
  readonly heading: string;
  readonly formula: string;
  readonly text: string;
  /** Key, score where there is one, weight, as written, a key a line. */
  readonly rows: readonly (readonly string[])[];
  readonly hasScores: boolean;
  readonly answer: string;
  readonly status: string;
  readonly faults: readonly string[];
  /** Of all queries, of the head that is shown. */
  readonly weights: readonly number[];
  /** Where the symbols of keys and queries stand in the picture. */
  readonly keys: readonly Point[];
  readonly queries: readonly Point[];
}

const cardOf = (page: Page, name: string) => page.locator(`article[data-mechanism="${name}"]`);

/** Brings a card in sight, so that it is at work, and reads it. */
async function readCard(page: Page, name: string): Promise<ShownCard> {
  const card = cardOf(page, name);
  await card.scrollIntoViewIfNeeded();
  await card.locator(".stages").waitFor();
  return card.evaluate((element) => {
    const texts = (selector: string) => [...element.querySelectorAll(selector)].map((one) => one.textContent ?? "");
    const points = (selector: string) =>
      [...element.querySelectorAll(selector)].map((one): Point => {
        const [x = NaN, y = NaN] = (one.getAttribute("transform")?.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
        return [x, y];
      });
    const rows = [...element.querySelectorAll(".stages tbody tr")];
    const { map } = element.querySelector("fovea-attention-map") as unknown as { map: { weights: number[] } };
    return {
      heading: texts("h3").join(),
      formula: texts(".formula").join(),
      text: element.textContent ?? "",
      rows: rows.map((row) => [...row.querySelectorAll("th, td .number")].map((cell) => cell.textContent ?? "")),
      hasScores: element.querySelectorAll(".stages thead th").length === 3,
      answer: texts(".card-answer").join(),
      status: texts("[role=status]").join(),
      faults: texts("[role=alert]"),
      weights: Array.from(map.weights),
      keys: points(".key"),
      queries: points(".query"),
    };
  });
}

const squeezed = (text: string) => text.replaceAll(/[\s*]/g, "");

/** The rows of the stages as they must read for the first head of a walk. */
function stages({ problem }: WalkProblem, walk: Walk, query: number): string[][] {
  const row = ({ data, columns }: { data: readonly number[]; columns: number }) =>
    data.slice(query * columns, (query + 1) * columns);
  const [weights, scores] = [walk.weights[0], walk.scores[0]];
  return row(weights as NonNullable<typeof weights>).map((weight, i) => [
    problem.columns[i] as string,
    ...(scores ? [formatNumber(row(scores)[i] as number)] : []),
    formatWeight(weight),
  ]);
}

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(wanted[i] as number, 9);
}

/** The input after arrow keys: eight of the picture's own pixels a press, found from where the keys stand in it. */
function moved({ input }: WalkProblem, card: ShownCard, [dx, dy]: Point): WalkInput {
  const rows = (name: "key" | "query") => {
    const { rows, columns, data } = input[name];
    return Array.from({ length: rows }, (_, row) => data.slice(row * columns, (row + 1) * columns));
  };
  const [keys, queries] = [rows("key"), rows("query")];
  const plane = planeOf([...keys, ...queries]);
  const ends = [...keys, ...queries].map((vector) => toPlane(plane, vector));
  const drawn = [...card.keys, ...card.queries];
  const apart = ([[a], [b]]: readonly [Point, Point]) => Math.abs(a - b);
  const far = ends.reduce((best, [x], i) => (x > (ends[best] as Point)[0] ? i : best), 0);
  const near = ends.reduce((best, [x], i) => (x < (ends[best] as Point)[0] ? i : best), 0);
  const scale = apart([drawn[far] as Point, drawn[near] as Point]) / apart([ends[far] as Point, ends[near] as Point]);
  const [first] = queries as [number[]];
  const [x, y] = toPlane(plane, first);
  const next = moveTo(plane, first, [x + (8 * dx) / scale, y + (8 * dy) / scale]);
  return { ...input, query: { ...input.query, data: [...next, ...input.query.data.slice(next.length)] } };
}

async function openCatalogue(hash = "#/catalogue", options = {}): Promise<StudioPage> {
  const studio = await openStudio({ hash, ...options });
  await studio.page.locator("article").first().waitFor();
  return studio;
}

test("each mechanism of the list has a card, with its formula, its paper, and the numbers of its own code", async () => {
  const { page, faults } = await openCatalogue("#/catalogue", { viewport: { width: 1280, height: 900 } });
  const names = await page
    .locator("article")
    .evaluateAll((all) => all.map((card) => card.getAttribute("data-mechanism")));
  expect(names.toSorted()).toEqual(MECHANISMS.map(({ name }) => name).toSorted());
  const families = await page.locator("section[aria-labelledby^='family-']").count();
  expect(families).toBe(Object.keys(FAMILIES).filter((one) => MECHANISMS.some(({ family }) => family === one)).length);
  for (const mechanism of MECHANISMS) {
    const { name, authors, year, title, section, choose, module, example } = mechanism;
    const card = await readCard(page, name);
    expect(card.heading).toBe(name);
    expect(card.formula.length, name).toBeGreaterThan(3);
    const source = readFileSync(new URL(`../../src/${module}`, import.meta.url), "utf8");
    expect(squeezed(source), name).toContain(squeezed(card.formula));
    for (const part of [`${authors} ${year}, ${title}, ${section}`, choose, KNOWN_ANSWERS[example.task].about]) {
      expect(card.text).toContain(part);
    }
    expectWalk(mechanism, card);
  }
  expect(faults).toEqual([]);
}, 240_000);

/** Whether a card shows what the mechanism gives in Node. */
function expectWalk(mechanism: Mechanism, card: ShownCard): void {
  const through = new WalkThrough(mechanism);
  const given = through.problem(0);
  const walk = through.walk(given.input);
  expect(card.faults, mechanism.name).toEqual([]);
  expect(card.rows, mechanism.name).toEqual(stages(given, walk, 0));
  expect(card.hasScores, mechanism.name).toBe(walk.scores.length > 0);
  expectNear(card.weights, walk.weights[0]?.data ?? []);
}

const MOVED = ["additive", "scaled-dot-product", "sparsemax", "sliding-window", "multi-head", "rotary"];

test.each(MOVED)("a query of %s that is moved by arrow keys gives what the code gives there", async (name) => {
  const mechanism = MECHANISMS.find((one) => one.name === name) as Mechanism;
  const { page, faults } = await openCatalogue(`#/catalogue?m=${name}`);
  const before = await readCard(page, name);
  const query = cardOf(page, name).locator(".query").first();
  await query.focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
  const through = new WalkThrough(mechanism);
  const given = through.problem(0);
  const wanted = through.walk(moved(given, before, [3, 1]));
  await expect.poll(async () => (await readCard(page, name)).rows).toEqual(stages(given, wanted, 0));
  const after = await readCard(page, name);
  expectNear(after.weights, wanted.weights[0]?.data ?? []);
  expect(after.weights).not.toEqual(before.weights);
  const [[x, y], [fromX, fromY]] = [after.queries[0] as Point, before.queries[0] as Point];
  expect([x - fromX, y - fromY].map((distance) => Math.round(distance * 1e6) / 1e6)).toEqual([24, -8]);

  await cardOf(page, name).getByRole("button", { name: "Put the query back" }).click();
  await expect.poll(async () => (await readCard(page, name)).rows).toEqual(before.rows);
  expect(faults).toEqual([]);
});

test("queries that lie on each other can be told apart and chosen, and the chosen one is dragged", async () => {
  const { page, faults } = await openStudio({ hash: "#/catalogue" });
  const card = cardOf(page, "location-sensitive");
  await readCard(page, "location-sensitive");
  const choice = card.locator(".card-query select");
  expect(await choice.locator("option").allTextContents()).toEqual([1, 2, 3, 4, 5, 6].map((place) => `${place} of 6`));
  await choice.selectOption("3 of 6");
  const chosen = card.locator(".plane .chosen");
  await expect.poll(() => chosen.textContent()).toBe("3");
  const before = await readCard(page, "location-sensitive");
  const box = (await chosen.boundingBox()) as { x: number; y: number; width: number; height: number };
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(/^Query 3: /);
  await page.mouse.move(x + 50, y + 40, { steps: 4 });
  await page.mouse.up();
  const after = await readCard(page, "location-sensitive");
  const moved = after.queries.flatMap((at, i) => (at.join() === before.queries[i]?.join() ? [] : [i]));
  expect(moved).toEqual([2]);
  expect(faults).toEqual([]);
});

test("the names of queries lie inside their marks, and these in the picture", async () => {
  const { page } = await openStudio({ hash: "#/catalogue" });
  const card = cardOf(page, "structured-self-attention");
  await readCard(page, "structured-self-attention");
  const outside = await card.locator(".plane").evaluate((plane) => {
    const sticksOut = (inner: Element, outer: Element) => {
      const [a, b] = [inner.getBoundingClientRect(), outer.getBoundingClientRect()];
      return a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom;
    };
    return [...plane.querySelectorAll(".query")].filter((mark) => {
      const [rect, text] = [mark.querySelector("rect"), mark.querySelector("text")] as [Element, Element];
      return sticksOut(text, rect) || sticksOut(rect, plane);
    }).length;
  });
  expect(outside).toBe(0);
});

test("a query is dragged by the pointer", async () => {
  const { page, faults } = await openCatalogue("#/catalogue?m=dot");
  const before = await readCard(page, "dot");
  const box = await cardOf(page, "dot").locator(".query rect").first().boundingBox();
  if (!box) throw new Error("expected the query to be in sight");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await readCard(page, "dot")).weights).not.toEqual(before.weights);
  const after = await readCard(page, "dot");
  expect(after.queries[0]).not.toEqual(before.queries[0]);
  expect(after.keys).toEqual(before.keys);
  expect(faults).toEqual([]);
});

test("a card that is trained says so and answers right; forgotten, it is as it was", async () => {
  const name = "scaled-dot-product";
  const { page, faults } = await openCatalogue(`#/catalogue?m=${name}`);
  const card = cardOf(page, name);
  const before = await readCard(page, name);
  expect(before.status).toBe("not trained yet: its weights are as they were drawn");
  await card.getByRole("button", { name: "Train it" }).click();
  await card.getByRole("progressbar").waitFor();
  await expect.poll(async () => (await readCard(page, name)).status, { timeout: 120_000 }).toBe("trained");
  const through = new WalkThrough(MECHANISMS.find((one) => one.name === name) as Mechanism);
  const wrong: string[] = [];
  for (let index = 0; index < 5; index++) {
    const { problem, symbols } = through.problem(index);
    await expect.poll(async () => (await readCard(page, name)).rows.map(([key]) => key)).toEqual(problem.columns);
    const answerOf = async (row: number) => {
      await card.locator(".query").nth(row).focus();
      return (await readCard(page, name)).answer;
    };
    for (const row of problem.rows.keys()) {
      const symbol = symbols[problem.symbols[problem.where[row] as number] as number];
      const right = new RegExp(`^Answer read from the output: ${symbol} [\\d.]+ right$`);
      // The new problem is there a moment before its answers.
      await expect.poll(() => answerOf(row)).toMatch(right);
      await page.waitForTimeout(50);
      const settled = await answerOf(row);
      if (!right.test(settled)) wrong.push(`problem ${index}, query ${row}: ${settled}`);
    }
    await answerOf(0);
    await card.getByRole("button", { name: "Another problem" }).click();
  }
  expect(wrong).toEqual([]);
  // Another page makes it forget neither what it has learned nor which problem it was at.
  await page.getByRole("navigation").getByRole("link", { name: "Open" }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Catalogue" }).click();
  const again = await readCard(page, name);
  expect(again.status).toBe("trained");
  const given = through.problem(5);
  const untrained = stages(given, through.walk(given.input), 0);
  expect(again.rows.map(([key]) => key)).toEqual(given.problem.columns);
  expect(again.rows).not.toEqual(untrained);
  expect(again.answer).toMatch(/right$/);
  await card.getByRole("button", { name: "Forget the training" }).click();
  await expect.poll(async () => (await readCard(page, name)).status).toBe(before.status);
  await expect.poll(async () => (await readCard(page, name)).rows).toEqual(untrained);
  expect(faults).toEqual([]);
});

test("a mechanism is found by name, paper or use; a link leads to its card", async () => {
  const { page, faults } = await openCatalogue("#/catalogue");
  const names = () =>
    page.locator("article").evaluateAll((all) => all.map((card) => card.getAttribute("data-mechanism")));
  const box = page.getByRole("searchbox", { name: "Find a mechanism" });
  await box.fill("Bahdanau");
  const wanted = MECHANISMS.filter(({ authors }) => authors.includes("Bahdanau")).map(({ name }) => name);
  await expect.poll(async () => (await names()).toSorted()).toEqual(wanted.toSorted());
  expect(new URL(page.url()).hash).toBe("#/catalogue?find=Bahdanau");
  await box.fill("no such thing");
  await page.getByText("No mechanism is called or described by “no such thing”.").waitFor();
  expect(await names()).toEqual([]);
  await box.fill("");
  await expect.poll(async () => (await names()).length).toBe(MECHANISMS.length);

  for (const name of ["rotary", "additive"]) {
    await page.goto(`${new URL(page.url()).origin}/#/catalogue?m=${name}`);
    await cardOf(page, name).locator(".stages").waitFor();
    const place = () => cardOf(page, name).evaluate((card) => card.getBoundingClientRect().top);
    await expect.poll(place).toBeGreaterThanOrEqual(0);
    await expect.poll(place).toBeLessThan(250);
  }
  expect(faults).toEqual([]);
});

test("problem, query and head are in the address, which leads to the card as it was", async () => {
  const name = "multi-head";
  const { page, address, faults } = await openCatalogue(`#/catalogue?m=${name}`);
  const hash = () => new URL(page.url()).hash;
  const card = cardOf(page, name);
  const first = await readCard(page, name);
  await card.getByRole("button", { name: "Another problem" }).click();
  await card.getByRole("button", { name: "Another problem" }).click();
  await expect.poll(async () => (await readCard(page, name)).rows).not.toEqual(first.rows);
  await card.locator(".query").nth(1).focus();
  await card.getByRole("button", { name: "Head 2" }).click();
  await expect.poll(hash).toBe(`#/catalogue?m=${name}&problem=2&q=1&head=1`);
  const given = new WalkThrough(MECHANISMS.find((one) => one.name === name) as Mechanism).problem(2);
  await expect.poll(async () => (await readCard(page, name)).rows.map(([key]) => key)).toEqual(given.problem.columns);
  const before = await readCard(page, name);
  expect(await card.getByRole("link").getAttribute("href")).toBe(hash());

  const other = await page.context().newPage();
  await other.goto(address + hash());
  await expect.poll(async () => (await readCard(other, name)).rows, { timeout: 30_000 }).toEqual(before.rows);
  expect((await readCard(other, name)).weights).toEqual(before.weights);
  // Another card takes over the address; this one stays as it is.
  await cardOf(page, "dot").scrollIntoViewIfNeeded();
  await cardOf(page, "dot").getByRole("button", { name: "Another problem" }).click();
  await expect.poll(hash).toBe("#/catalogue?m=dot&problem=1");
  expect((await readCard(page, name)).rows).toEqual(before.rows);
  expect(faults).toEqual([]);
});

test("a card's code is copied; where a page may not copy, it is shown to be copied by hand", async () => {
  const { page, faults } = await openCatalogue("#/catalogue?m=dot", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await readCard(page, "dot");
  const copy = cardOf(page, "dot").getByRole("button", { name: "Copy as code" });
  await copy.click();
  await cardOf(page, "dot").getByRole("button", { name: "Copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('import { dotProduct } from "fovea/attention";');
  await page.reload();
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await readCard(page, "dot");
  await copy.click();
  const box = cardOf(page, "dot").getByRole("textbox");
  expect(await box.inputValue()).toBe(copied);
  expect(await box.evaluate((text: HTMLTextAreaElement) => text.selectionEnd - text.selectionStart)).toBe(
    copied.length,
  );
  expect(faults).toEqual([]);
});

test("in Chinese, a mechanism is found by what its card says", async () => {
  const { page, faults } = await openCatalogue("#/catalogue", { locale: "zh-CN" });
  await page.getByRole("searchbox").fill("取平均");
  await expect.poll(() => page.locator("article h3").allTextContents()).toEqual(["gaussian-kernel"]);
  expect(faults).toEqual([]);
});

test("in Chinese, each card and each family has its words", async () => {
  const { page, faults } = await openCatalogue("#/catalogue", { locale: "zh-CN" });
  expect(await page.title()).toBe("机制 · Fovea Studio");
  const chinese = /\p{Script=Han}/u;
  for (const heading of await page.locator("main h1, main h2").allTextContents()) expect(heading).toMatch(chinese);
  const choices = await page.locator("article").evaluateAll((all) => {
    return all.map((card) => `${card.getAttribute("data-mechanism")}: ${card.querySelector("p")?.textContent}`);
  });
  expect(choices).toHaveLength(MECHANISMS.length);
  expect(choices.filter((text) => !chinese.test(text))).toEqual([]);
  const { answer, status } = await readCard(page, "additive");
  expect(answer).toMatch(/^从输出读出的答案: .*(正确|错误)$/);
  expect(status).toBe("尚未训练：权重仍是初始值");
  expect(faults).toEqual([]);
});
