import { afterEach, expect, test } from "vitest";
import { type Port, Remote, RemoteError, serve } from "./rpc.ts";

class OddError extends Error {
  override readonly name = "OddError";
  readonly line = 7;
  readonly nested = { kept: false };
}

let left: number[] = [];

const methods = {
  async add(a: number, b: number): Promise<number> {
    return a + b;
  },
  async fail(): Promise<never> {
    throw new OddError("add: expected less but found more");
  },
  async *count(to: number): AsyncGenerator<number, void> {
    for (let at = 0; at < to; at++) yield at;
  },
  async *tick(): AsyncGenerator<number, void> {
    let at = 0;
    try {
      for (; ; at++) {
        yield at;
        await new Promise((resolve) => setTimeout(resolve));
      }
    } finally {
      left.push(at);
    }
  },
  async *stumble(): AsyncGenerator<string, void> {
    yield "first";
    throw new RangeError("stumble: expected a second but found none");
  },
};

const open: MessagePort[] = [];

function connected(): Remote<typeof methods> {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  serve(port2 as unknown as Port, methods);
  const remote = new Remote<typeof methods>(port1 as unknown as Port);
  port1.start();
  port2.start();
  return remote;
}

afterEach(() => {
  for (const port of open.splice(0)) port.close();
  left = [];
});

test("calls find their answers, whatever the order", async () => {
  const remote = connected();
  const sums = await Promise.all([1, 2, 3].map((n) => remote.call("add", n, 10)));
  expect(sums).toEqual([11, 12, 13]);
});

test("an error keeps its name, its message and its plain fields", async () => {
  const error: unknown = await connected()
    .call("fail")
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RemoteError);
  const { name, message, fields } = error as RemoteError;
  expect([name, message]).toEqual(["OddError", "add: expected less but found more"]);
  expect(fields).toEqual({ name: "OddError", line: 7 });
});

test("a generator's items arrive in order, then its error", async () => {
  const remote = connected();
  const items: number[] = [];
  for await (const item of remote.stream("count", 4)) items.push(item);
  expect(items).toEqual([0, 1, 2, 3]);
  const heard: string[] = [];
  await expect(async () => {
    for await (const item of remote.stream("stumble")) heard.push(item);
  }).rejects.toThrow("stumble: expected a second but found none");
  expect(heard).toEqual(["first"]);
});

test("leaving a loop early ends the generator at the other end", async () => {
  const remote = connected();
  for await (const item of remote.stream("tick")) if (item === 2) break;
  while (left.length === 0) await new Promise((resolve) => setTimeout(resolve));
  expect(left).toHaveLength(1);
});

test("a method that is not there is refused, and so is one that only objects have", async () => {
  const remote = connected() as unknown as Remote<Record<string, (...args: unknown[]) => Promise<unknown>>>;
  await expect(remote.call("subtract")).rejects.toThrow("worker: expected a method it has but found subtract");
  await expect(remote.call("constructor")).rejects.toThrow("worker: expected a method it has but found constructor");
});

test("a worker that dies fails what waits and what comes", async () => {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const remote = new Remote<typeof methods>(port1 as unknown as Port);
  const waiting = remote.call("add", 1, 2);
  const streaming = remote.stream("count", 3).next();
  remote.fail(new Error("the worker ended"));
  await expect(waiting).rejects.toThrow("the worker ended");
  await expect(streaming).rejects.toThrow("the worker ended");
  await expect(remote.call("add", 1, 2)).rejects.toThrow("the worker ended");
});
