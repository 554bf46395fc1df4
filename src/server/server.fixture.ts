import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type StudioOptions, studioApp } from "./app.ts";
import { type ListenOptions, listen } from "./listen.ts";

/** A folder with some files, for one test. */
export function scratchFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "fovea-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export const PAGE = {
  "index.html": "<!doctype html><title>Studio</title>",
  "assets/index-4a7f.js": "export const studio = 1;",
  "assets/ort-77.wasm": "\0asm",
};

export interface TestServer {
  /** Without a slash at its end. */
  readonly address: string;
  readonly port: number;
  readonly faults: Error[];
  readonly ask: (path: string, options?: RequestInit) => Promise<Response>;
  /** Sends bytes as they are, and gives all that comes back until the other end closes. */
  readonly raw: (bytes: string) => Promise<string>;
  /** A request with these headers, as it is, without what `fetch` makes of its path. */
  readonly request: (line: string, headers?: Readonly<Record<string, string>>, body?: string) => Promise<string>;
}

/** A real server that listens, for one test. */
export async function testServer(options: Partial<StudioOptions & ListenOptions> = {}): Promise<TestServer> {
  const faults: Error[] = [];
  const { host = "127.0.0.1", port = 0, ...others } = options;
  const app = studioApp({
    page: others.page ?? scratchFolder(PAGE),
    version: "1.2.3",
    runs: scratchFolder(),
    onFault: (error) => faults.push(error),
    pace: { look: 10, heartbeat: 40 },
    ...others,
  });
  const server = await listen(app, { host, port });
  onTestFinished(() => server.close());
  const address = (server.addresses[0] as string).slice(0, -1);
  const bound = Number(new URL(address).port);
  const raw = (bytes: string) => exchange(bound, bytes);
  return {
    address,
    port: bound,
    faults,
    ask: (path, init) => fetch(`${address}${path}`, init),
    raw,
    request: (line, headers = {}, body = "") => {
      const all = Object.entries({ Host: `127.0.0.1:${bound}`, Connection: "close", ...headers });
      return raw(`${line} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
    },
  };
}

function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("utf8").on("data", (text) => {
      heard += text;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // Who is cut off while still sending hears of that, too.
      if (heard === "" || !["ECONNRESET", "EPIPE"].includes(error.code ?? "")) reject(error);
    });
    socket.on("close", () => resolve(heard));
  });
}

/** The status, headers and body of an answer as it came. */
export function parts(answer: string): { status: number; head: string; body: string } {
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head: head.toLowerCase(), body: rest.join("\r\n\r\n") };
}
