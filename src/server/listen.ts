import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { type Bound, HEADERS, isLoopback, isWildcard, refusalOf, urlHost } from "./trust.ts";

export interface ListenOptions {
  /** An address or name of this machine. @default "127.0.0.1" */
  readonly host?: string | undefined;
  /** 0 takes any that is free. @default 4173, or the next that is free */
  readonly port?: number | undefined;
}

export interface StudioServer {
  /** Where to open it; others come where it listens on every address of the machine. */
  readonly addresses: readonly string[];
  /** Whether only this machine reaches it. */
  readonly isLocal: boolean;
  /** Ends all connections, also those that still wait for news. Nothing is being answered any more when it comes back. */
  close(): Promise<void>;
}

const FIRST_PORT = 4173;
const PORTS_TO_TRY = 20;

/** @throws the system's error where it cannot listen, such as `EADDRINUSE` for a port that is taken */
export async function listen(app: Hono, { host = "127.0.0.1", port }: ListenOptions = {}): Promise<StudioServer> {
  const tried = port === undefined ? Array.from({ length: PORTS_TO_TRY }, (_, i) => FIRST_PORT + i) : [port];
  const server = createServer();
  await bindFirst(server, host, port === undefined ? [...tried, 0] : tried);
  const found = server.address() as AddressInfo;
  const bound: Bound = { host, address: found.address, port: found.port };
  const answers = new Set<Promise<unknown>>();
  const answer: typeof app.fetch = (...request) => {
    const response = app.fetch(...request);
    if (response instanceof Promise) keepUntilDone(response, answers);
    return response;
  };
  server.on("request", guarded(getRequestListener(answer, { overrideGlobalObjects: false }), bound));
  return {
    addresses: addressesOf(bound),
    isLocal: isLoopback(bound.address),
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await Promise.all(answers);
    },
  };
}

function keepUntilDone(response: Promise<unknown>, answers: Set<Promise<unknown>>): void {
  const done = response
    .catch(() => undefined)
    .finally(() => {
      answers.delete(done);
    });
  answers.add(done);
}

async function bindFirst(server: Server, host: string, ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once("error", resolve);
      server.listen({ host, port }, () => {
        server.off("error", resolve);
        resolve(undefined);
      });
    });
    if (!error) return;
    if (error.code !== "EADDRINUSE" || port === ports.at(-1)) throw error;
  }
}

/** Answers refused requests itself, before anything reads them. */
function guarded(answer: ReturnType<typeof getRequestListener>, bound: Bound): RequestListener {
  return (request, response) => {
    const refusal = refusalOf(request, bound);
    if (!refusal) {
      void answer(request, response);
      return;
    }
    const body = JSON.stringify({ error: refusal.error });
    const type = { "content-type": "application/json", "content-length": Buffer.byteLength(body), connection: "close" };
    response.writeHead(refusal.status, { ...HEADERS, ...type }).end(request.method === "HEAD" ? undefined : body);
  };
}

function addressesOf({ host, address, port }: Bound): string[] {
  const url = (name: string) => `http://${urlHost(name)}:${port}/`;
  if (!isWildcard(address)) return [url(host)];
  const others = Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, family }) => !internal && (family === "IPv4" || address === "::"))
    .filter(({ scopeid }) => !scopeid);
  return [url("localhost"), ...others.map((found) => url(found.address))];
}
