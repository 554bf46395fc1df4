import { expect, test } from "vitest";
import { type OpenPage, openPage } from "./harness.ts";

const ENTRY = new URL("./pages/web-folder.ts", import.meta.url);
type Where = "inPage" | "inWorker";

async function withPage(
  use: (run: (where: Where, ...order: unknown[]) => Promise<unknown>, page: OpenPage["page"]) => Promise<void>,
) {
  const { page, close } = await openPage(ENTRY);
  await use((where, ...order) => {
    return page.evaluate(
      ([name, given]) => {
        return (globalThis as unknown as Record<string, (order: unknown) => Promise<unknown>>)[name as string]?.(given);
      },
      [where, order] as const,
    );
  }, page);
  await close();
}

test("what a worker writes the page reads, also after it was loaded again", async () => {
  await withPage(async (run, page) => {
    expect([await run("inPage", "kind"), await run("inWorker", "kind")]).toEqual(["storage", "storage"]);
    await run("inWorker", "write", "run", "onnx/model.onnx", "from the worker");
    await run("inPage", "write", "run", "config.json", "from the page");
    await page.reload();
    expect(await run("inPage", "read", "run", "onnx/model.onnx")).toBe("from the worker");
    expect(await run("inWorker", "read", "run", "config.json")).toBe("from the page");
    expect(await run("inPage", "list", "run")).toEqual(["config.json", "onnx/model.onnx"]);
    expect([await run("inPage", "list"), await run("inWorker", "list")]).toEqual([["run"], ["run"]]);
    await run("inPage", "remove", "run");
    expect([await run("inPage", "list"), await run("inWorker", "list", "run")]).toEqual([[], []]);
  });
});

test("a reader finds old bytes or new ones, and nothing is left beside them", async () => {
  await withPage(async (run) => {
    const lengths = Array.from({ length: 40 }, (_, i) => [1000, 200_000, 3, 500_000][i % 4] as number);
    for (const where of ["inPage", "inWorker"] as const) {
      const seen = (await run(where, "readWhile", where, lengths)) as number[];
      expect(seen.filter((length) => !lengths.includes(length))).toEqual([]);
      expect(seen.length).toBeGreaterThan(1);
      expect(await run(where, "names", where)).toEqual(["same"]);
    }
  });
});

test("what a closed page has left behind is not listed, and goes with its file", async () => {
  await withPage(async (run) => {
    const others = [".a.b.0123456789ab.unfinished", ".aa.0123456789ab.unfinished", ".a.txt"];
    for (const name of [".a.0123456789ab.unfinished", ...others]) await run("inPage", "leave", "run", name);
    await run("inPage", "write", "run", "a", "whole");
    expect(await run("inPage", "list", "run")).toEqual([".a.txt", "a"]);
    await run("inPage", "remove", "run", "a");
    expect(await run("inPage", "names", "run")).toEqual([...others].sort());
  });
});

test("a worker writes where there are no writable streams, and where nothing can be renamed", async () => {
  await withPage(async (run) => {
    await run("inWorker", "without", "createWritable");
    await run("inWorker", "write", "run", "deep/a", "by a sync handle, and longer");
    await run("inWorker", "write", "run", "deep/a", "short");
    expect(await run("inPage", "read", "run", "deep/a")).toBe("short");
    expect(await run("inPage", "write", "run", "deep/a", "by a stream")).toBeUndefined();
    await run("inPage", "without", "move");
    await run("inPage", "write", "run", "deep/a", "not renamed");
    expect(await run("inWorker", "read", "run", "deep/a")).toBe("not renamed");
    expect(await run("inPage", "list", "run")).toEqual(["deep/a"]);
    await run("inPage", "without", "createWritable");
    expect(await run("inPage", "write", "run", "deep/a", "x")).toBe(
      "DataError: folder: expected to write run/deep/a but found a browser that cannot write files; use another (NotSupportedError)",
    );
    expect(await run("inPage", "read", "run", "deep/a")).toBe("not renamed");
  });
});

test("where there is no room left the old bytes stay", async () => {
  await withPage(async (run) => {
    await run("inPage", "write", "run", "a", "old");
    await run("inPage", "without", "room");
    expect(await run("inPage", "write", "run", "a", "new")).toBe(
      "DataError: folder: expected to write run/a but found the browser's storage for this site full; remove what is kept there (QuotaExceededError)",
    );
    expect(await run("inPage", "read", "run", "a")).toBe("old");
    expect(await run("inPage", "names", "run")).toEqual(["a"]);
  });
});

test("a file where a folder should be, and a name that leads out, are told", async () => {
  await withPage(async (run) => {
    await run("inPage", "write", "run", "a", "x");
    expect(await run("inPage", "write", "run", "a/b", "x")).toBe(
      "DataError: folder: expected to write run/a/b but found a folder where a file should be, or a file where a folder should be; name another (TypeMismatchError)",
    );
    expect(await run("inWorker", "read", "run", "../a")).toBe(
      "RangeError: folder: expected the name of a file inside run but found ../a",
    );
  });
});

test("a browser that keeps nothing has folders in memory, and says so", async () => {
  await withPage(async (run) => {
    await run("inPage", "without", "storage");
    expect(await run("inPage", "kind")).toBe("memory");
    await run("inPage", "write", "run", "a", "x");
    expect([await run("inPage", "read", "run", "a"), await run("inPage", "list")]).toEqual(["x", ["run"]]);
    expect(await run("inWorker", "list")).toEqual([]);
    await run("inPage", "remove", "run");
    expect(await run("inPage", "list")).toEqual([]);
  });
});
