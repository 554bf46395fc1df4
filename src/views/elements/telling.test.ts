import { expect, test } from "vitest";
import { Telling } from "./telling.ts";

function heard(play: (telling: Telling) => void): string[] {
  const texts: string[] = [];
  play(new Telling((text) => texts.push(text)));
  return texts;
}

test("what is pointed at is told once, and that it is nothing any more", () => {
  expect(
    heard((telling) => {
      telling.update("");
      for (const text of ["a", "a", "b", "", ""]) {
        telling.act();
        telling.update(text);
      }
    }),
  ).toEqual(["a", "b", ""]);
});

test("a view that follows is silent, but takes back what it told itself", () => {
  expect(
    heard((telling) => {
      telling.follow();
      telling.update("another's");
      telling.update("");
    }),
  ).toEqual([]);
  expect(
    heard((telling) => {
      telling.act();
      telling.update("pinned");
      telling.follow();
      telling.update("another's");
      telling.update("pinned");
      telling.update("");
    }),
  ).toEqual(["pinned", ""]);
});

test("what another view has spoken over is told again", () => {
  expect(
    heard((telling) => {
      telling.act();
      telling.update("pinned");
      telling.follow();
      telling.update("another's");
      telling.act();
      telling.update("pinned");
    }),
  ).toEqual(["pinned", "pinned"]);
});

test("a map that changes under the hand is told anew", () => {
  expect(
    heard((telling) => {
      telling.act();
      telling.update("weight 0.1");
      telling.update("weight 0.2");
    }),
  ).toEqual(["weight 0.1", "weight 0.2"]);
});
