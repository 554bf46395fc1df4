import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What npm says when it reaches no registry. */
const NO_REGISTRY = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

/** The environment without what npm tells those that it runs. */
function environment(): Record<string, string | undefined> {
  const told = /^npm_(package|lifecycle|config_(local_prefix|ignore_scripts|prefix)|command|execpath|node_execpath)/i;
  const own = Object.entries(process.env).filter(([name]) => !told.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: "1" };
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
export function call(command: string, argv: readonly string[], cwd: string): Promise<Ended> {
  const child = spawn(command, argv, { cwd, env: environment() });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

async function mustCall(command: string, argv: readonly string[], cwd: string): Promise<Ended> {
  const ended = await call(command, argv, cwd);
  if (ended.code === 0) return ended;
  throw new Error(`${command} ${argv.join(" ")}: expected to end well but found ${ended.code}: ${ended.err}`);
}

/**
 * Packs the built package and installs it in an empty project below `folder`, as anyone would.
 *
 * @returns the project's folder; undefined where no registry answers
 */
export async function installPacked(folder: string): Promise<string | undefined> {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  await mustCall("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], ROOT);
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", private: true }));
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0"];
  const installed = await call("npm", ["install", ...options, join(folder, `fovea-${version}.tgz`)], project);
  if (NO_REGISTRY.test(installed.err)) return undefined;
  if (installed.code !== 0) throw new Error(`npm install: expected to end well but found ${installed.err}`);
  return project;
}

export interface Served {
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** `npx fovea studio`, until it is stopped. */
export async function serveStudio(project: string): Promise<Served> {
  // In a group of its own, so that npx and what it started end together.
  const options = { cwd: project, env: environment(), detached: true };
  const child = spawn("npx", ["fovea", "studio", "--port", "0"], options);
  let told = "";
  const address = await new Promise<string>((resolve, reject) => {
    const hear = (part: Buffer) => {
      told += part;
      const [found] = /http:\S+/.exec(told) ?? [];
      if (found) resolve(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", () => reject(new Error(`fovea studio: expected an address but found: ${told}`)));
  });
  return { address, stop: () => stopped(child) };
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
    child.once("exit", () => resolve());
    process.kill(-child.pid, "SIGTERM");
  });
}
