import { createServer } from "node:net";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { type ListenOptions, listen } from "./listen.ts";

const app = new Hono().get("/", (context) => context.text("here"));

async function listening(options: ListenOptions = {}) {
  const server = await listen(app, options);
  onTestFinished(() => server.close());
  return server;
}

test("by default only this machine is answered, at 4173 or the next port that is free", async () => {
  const [first, second] = [await listening(), await listening()];
  const ports = [first, second].map(({ addresses: [address] }) => Number(new URL(address as string).port));
  expect(ports[0]).toBeGreaterThanOrEqual(4173);
  expect(ports[1]).toBeGreaterThan(ports[0] as number);
  for (const { addresses, isLocal } of [first, second]) {
    expect(addresses).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/)]);
    expect(isLocal).toBe(true);
    expect(await (await fetch(addresses[0] as string)).text()).toBe("here");
  }
});

test("all addresses are told where it listens on all", async () => {
  const { addresses, isLocal } = await listening({ host: "0.0.0.0", port: 0 });
  expect(isLocal).toBe(false);
  expect(addresses[0]).toMatch(/^http:\/\/localhost:\d+\/$/);
  for (const address of addresses) expect(await (await fetch(address)).text()).toBe("here");
});

test("a port that was asked for and is taken is an error", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  await expect(listen(app, { port })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("closing ends what still waits", async () => {
  const waiting = new Hono().get("/", () => new Response(new ReadableStream()));
  const server = await listen(waiting, { port: 0 });
  const response = await fetch(server.addresses[0] as string);
  await server.close();
  await expect(response.text()).rejects.toThrow();
});
