import { afterEach, expect, test, vi } from "vitest";
import { copyText } from "./copy-text.ts";

afterEach(() => vi.unstubAllGlobals());

test("a text is copied where there is a clipboard", async () => {
  const written: string[] = [];
  vi.stubGlobal("navigator", { clipboard: { writeText: async (text: string) => written.push(text) } });
  expect(await copyText("a text")).toBe(true);
  expect(written).toEqual(["a text"]);
});

test("where there is none, or it is forbidden, that is told and nothing thrown", async () => {
  vi.stubGlobal("navigator", {});
  expect(await copyText("a text")).toBe(false);
  vi.stubGlobal("navigator", { clipboard: { writeText: () => Promise.reject(new Error("not allowed")) } });
  expect(await copyText("a text")).toBe(false);
});
