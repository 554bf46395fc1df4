import { test, expect } from "vitest";
import { openStudio, tinyModel, waitForAnswer } from "./studio-page.ts";
import { reachable, tabThrough } from "./keyboard.ts";
test("x", async () => {
  for (const hash of ["#/look?text=3+May+1979&masked=1", "#/train", "#/open", "#/catalogue", "#/runs"]) {
  const { page } = await openStudio({ model: await tinyModel(), hash });
  await page.waitForTimeout(4000);
  const all = await reachable(page);
  const stops = await tabThrough(page);
  console.log(hash, all.size, stops.length);
  console.log("not reached", [...all].filter(([id]) => !stops.some((s) => s.id === id)).map(([, l]) => l));
  console.log("extra", stops.filter((s) => !all.has(s.id)).map((s) => s.label));
  console.log("unseen", stops.filter((s) => !s.isVisible).map((s) => s.label));
  if (hash.includes("look")) console.log(stops.map((s) => s.label).join("\n"));
  const back = await tabThrough(page, "Shift+Tab");
  console.log("back", back.length);
  }
  expect(1).toBe(1);
});
