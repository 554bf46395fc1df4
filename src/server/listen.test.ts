import { connect, createServer } from "node:net";
import { Hono } from "hono";
import { expect, onTestFinished, test, vi } from "vitest";
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

test("closing waits until nothing is being answered any more", async () => {
  let [isAsked, isAnswered] = [false, false];
  const slow = new Hono().post("/", async (context) => {
    await context.req.text();
    isAsked = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
    isAnswered = true;
    return context.text("here");
  });
  const server = await listen(slow, { port: 0 });
  const asked = fetch(server.addresses[0] as string, { method: "POST", body: "question" });
  const lost = expect(asked).rejects.toThrow();
  await vi.waitFor(() => expect(isAsked).toBe(true));
  await server.close();
  expect(isAnswered).toBe(true);
  await lost;
});

test("closing does not wait for the rest of a question", async () => {
  const reading = vi.fn();
  const patient = new Hono()
    .onError(() => new Response())
    .post("/", async (context) => {
      reading();
      return context.text(await context.req.text());
    });
  const server = await listen(patient, { port: 0 });
  const { port } = new URL(server.addresses[0] as string);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 99\r\n\r\nhalf`);
  await vi.waitFor(() => expect(reading).toHaveBeenCalledOnce());
  await server.close();
  await vi.waitFor(() => expect(socket.destroyed).toBe(true));
});
