import { readdir, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  EVENT_LOG_FILE,
  isTaskEvent,
  type LogLine,
  type RunState,
  type RunSummary,
  standingEvents,
  summarize,
} from "../tasks/event-log.ts";
import { readLog } from "./event-tail.ts";
import { readFinished } from "./finished-run.ts";
import { type ModelFiles, modelFilesIn } from "./model-files.ts";

/** A log that was not touched for so long, in milliseconds, has no process any more; one that trains touches it every 5 s. */
const STALE_AFTER = 30_000;

/** The folders of a folder of runs. */
export class Runs {
  readonly #folder: string;
  /** What was read of a log, until the log changes. */
  readonly #read = new Map<string, { readonly version: string; readonly lines: readonly LogLine[] }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every run, the newest first. */
  async list(): Promise<RunSummary[]> {
    const names = await this.#names();
    for (const known of this.#read.keys()) if (!names.includes(known)) this.#read.delete(known);
    const found = await Promise.all(names.map((name) => this.#summary(name)));
    return found.filter((summary) => summary !== undefined).sort((a, b) => b.started - a.started);
  }

  /** The folder of a run; undefined where there is none of this name. Links are no runs: they lead elsewhere. */
  async pathOf(name: string): Promise<string | undefined> {
    return (await this.#names()).includes(name) ? join(this.#folder, name) : undefined;
  }

  /** The files of a run's model; undefined where training has not come to its end. */
  async model(name: string): Promise<ModelFiles | undefined> {
    const path = await this.pathOf(name);
    const model = path === undefined ? undefined : await modelFilesIn(path, name);
    return model?.files.includes("config.json") ? model : undefined;
  }

  /** Whether somebody still writes to a run's log, and what was said at its end. */
  async state(name: string): Promise<{ state: RunState; message?: string }> {
    const path = await this.pathOf(name);
    const lines = path === undefined ? [] : await this.#lines(name);
    if (path === undefined || lines.length === 0) {
      return { state: (await this.model(name)) ? "finished" : "interrupted" };
    }
    return stateOf(lines, join(path, EVENT_LOG_FILE));
  }

  async #names(): Promise<string[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
  }

  async #summary(name: string): Promise<RunSummary | undefined> {
    const model = await this.model(name);
    const files = model && { name, files: model.files };
    const numbers = summarize(standingEvents((await this.#lines(name)).filter(isTaskEvent)));
    if (numbers) return { name, ...numbers, ...(await this.state(name)), model: files ?? null };
    const finished = model && summarize(await readFinished(model.folder));
    return finished && files && { name, ...finished, state: "finished", model: files };
  }

  async #lines(name: string): Promise<readonly LogLine[]> {
    const path = join(this.#folder, name, EVENT_LOG_FILE);
    const found = await stat(path).catch(() => undefined);
    if (!found) return [];
    // A log only grows, and a touch changes nothing in it.
    const version = `${found.ino} ${found.size}`;
    const known = this.#read.get(name);
    if (known?.version === version) return known.lines;
    const lines = (await readLog(path)).lines.map(({ line }) => line);
    this.#read.set(name, { version, lines });
    return lines;
  }
}

/**
 * Whether a run still goes on. Its log tells of an end, or else that its process began: this one trains while it lives (where it
 * is of this machine, which alone can tell) and touches the log.
 */
async function stateOf(lines: readonly LogLine[], path: string): Promise<{ state: RunState; message?: string }> {
  const last = lines.findLast(({ type }) => type === "begin" || type === "end");
  const start = lines.findLastIndex(({ type }) => type === "start");
  if (lines.findLastIndex(({ type }) => type === "saved") > start) return { state: "finished" };
  if (last?.type === "end") return { state: "interrupted", ...(last.message && { message: last.message }) };
  const found = await stat(path).catch(() => undefined);
  const isFresh = found !== undefined && Date.now() - found.mtimeMs < STALE_AFTER;
  const isAlive = last?.type === "begin" && (last.machine !== hostname() || lives(last.process));
  return { state: isFresh && isAlive ? "running" : "interrupted" };
}

function lives(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
