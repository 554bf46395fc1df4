import { describe, expect, it } from "vitest";
import { Program, ProgramCache } from "./program.ts";

/** A program of so many bytes that tells when it is released. */
function makers(): {
  made: string[];
  released: string[];
  make: (name: string, bytes: number) => () => Promise<Program>;
} {
  const made: string[] = [];
  const released: string[] = [];
  const make = (name: string, bytes: number) => async () => {
    made.push(name);
    const session = { bytes, run: async () => ({}), release: async () => void released.push(name) };
    return new Program(session, [], 1, new Map());
  };
  return { made, released, make };
}

describe("the cache of programs", () => {
  it("makes a program once a key, also for two who ask at the same time", async () => {
    const { made, make } = makers();
    const cache = new ProgramCache(100);
    const [first, second] = await Promise.all([cache.get("a", make("a", 1)), cache.get("a", make("again", 1))]);
    expect(second).toBe(first);
    expect(await cache.get("b", make("b", 1))).not.toBe(first);
    expect(await cache.get("a", make("later", 1))).toBe(first);
    expect(made).toEqual(["a", "b"]);
  });

  it("releases what was unused for longest until the rest fits", async () => {
    const { made, released, make } = makers();
    const cache = new ProgramCache(100);
    for (const name of ["a", "b", "c"]) await cache.get(name, make(name, 33));
    await cache.get("a", make("a", 33));
    expect(released).toEqual([]);
    await cache.get("d", make("d", 34));
    expect(released).toEqual(["b"]);
    await cache.get("e", make("e", 60));
    expect(released).toEqual(["b", "c", "a"]);
    expect(cache.size).toBe(2);
    await cache.get("b", make("b", 1));
    expect(made).toEqual(["a", "b", "c", "d", "e", "b"]);
  });

  it("keeps the one that is asked for, however large", async () => {
    const { released, make } = makers();
    const cache = new ProgramCache(10);
    await cache.get("a", make("a", 5));
    expect((await cache.get("b", make("b", 1000))).bytes).toBe(1000);
    expect([cache.size, released]).toEqual([1, ["a"]]);
  });

  it("forgets a program that could not be made", async () => {
    const { made, make } = makers();
    const cache = new ProgramCache();
    const failing = () => Promise.reject(new RangeError("no"));
    await expect(cache.get("a", failing)).rejects.toThrow(new RangeError("no"));
    expect(cache.size).toBe(0);
    await cache.get("a", make("a", 1));
    expect(made).toEqual(["a"]);
  });

  it("releases all at the end", async () => {
    const { released, make } = makers();
    const cache = new ProgramCache();
    for (const name of ["a", "b"]) await cache.get(name, make(name, 1));
    await cache.release();
    expect([cache.size, released]).toEqual([0, ["a", "b"]]);
  });
});
