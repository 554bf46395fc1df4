import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { hostname } from "node:os";

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 421;
  readonly error: string;
}

/**
 * What is sent with every answer. The policy is that of the page itself, which has it in a `<meta>` for exports; as a header it
 * also binds the workers, and keeps the page out of frames.
 */
export const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; worker-src 'self'; connect-src 'self'; img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Where the server listens. */
export interface Bound {
  /** As `--host` has it, and as the system took it. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

export function isLoopback(address: string): boolean {
  return /^127\.|^::1$/.test(address);
}

/** As a URL has it: an IPv6 address stands in brackets. */
export function urlHost(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

/** Whether a server answers to every address of its machine. */
export function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/**
 * Whether a `Host` header names this server. A page of another site may get at a local server under a name of its own, whose
 * address it changes after it was loaded; it cannot change what the browser then sends as `Host`. A server that listens on all
 * addresses therefore answers to any *address* (behind a router or a container it does not know its own), but only to the names
 * of its machine.
 */
export function namesServer(header: string | undefined, { host, address, port }: Bound): boolean {
  const [, name, given] = /^(\[[\da-f:.]+\]|[^:[\]/@\s]+)(?::(\d+))?$/i.exec(header ?? "") ?? [];
  if (name === undefined || Number(given ?? 80) !== port) return false;
  const lower = name.toLowerCase();
  const own = [urlHost(host), urlHost(address)];
  if (isLoopback(address) || isWildcard(address)) own.push(...LOOPBACK);
  if (isWildcard(address)) own.push(hostname(), `${hostname()}.local`);
  if (own.some((known) => known.toLowerCase() === lower)) return true;
  return isWildcard(address) && isIP(lower.replace(/^\[|\]$/g, "")) !== 0;
}

/** Why a request is refused before anything looks at what it asks for; undefined where it is not. */
export function refusalOf(request: IncomingMessage, bound: Bound): Refusal | undefined {
  const { host, origin } = request.headers;
  if (!namesServer(host, bound)) {
    const error = `server: expected Host to be ${urlHost(bound.host)}:${bound.port} but found ${host ?? "none"}; open the address that fovea studio prints`;
    return { status: 421, error };
  }
  const site = request.headers["sec-fetch-site"];
  const isForeign =
    (origin !== undefined && origin !== `http://${host}`) || (site !== undefined && !SAME.includes(`${site}`));
  const foreign: Refusal = {
    status: 403,
    error: `server: expected a request of its own page but found one of ${origin ?? "another site"}`,
  };
  if (isForeign && request.method !== "GET" && request.method !== "HEAD") return foreign;
  const path = pathOf(request.url ?? "");
  if (typeof path !== "string") return path;
  // Other sites cannot read these answers, but could keep them waiting.
  return isForeign && path.startsWith("/api/") ? foreign : undefined;
}

const SAME: readonly string[] = ["same-origin", "none"];

/** The path, decoded. Paths are judged as they were sent: what follows reads them with `.` and `..` worked out already. */
function pathOf(target: string): string | Refusal {
  if (!target.startsWith("/")) return { status: 400, error: "server: expected a path but found another target" };
  const [path = ""] = target.split("?");
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return { status: 400, error: "server: expected a path in UTF-8 but found other bytes" };
  }
  const parts = decoded.split("/");
  const isOutside = parts.some((part) => part === "." || part === "..") || /[\0\\]/.test(decoded);
  return isOutside ? { status: 404, error: "server: expected a path below / but found one that leads out" } : decoded;
}
