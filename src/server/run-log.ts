import { lstat } from "node:fs/promises";
import { hostname } from "node:os";
import {
  isTaskEvent,
  type LogBegin,
  type LogEnd,
  type LoggedEvent,
  type RunState,
  type RunSummary,
  stands,
  summarize,
} from "../tasks/event-log.ts";
import {
  isSamePlace,
  type LogPiece,
  type LogPlace,
  NO_LOG,
  type PlacedLine,
  type ReadLogOptions,
  readLog,
} from "./event-tail.ts";

/** A log that was not touched for so long, in milliseconds, has no process any more; one that trains touches it every 5 s. */
const STALE_AFTER = 30_000;

/** Whether somebody still writes to a log, and what was said at its end. */
export interface LogState {
  readonly state: RunState;
  readonly message?: string;
}

/**
 * What there is to know of a run's log, kept up with the file as it grows: each part of it is read once. The events themselves
 * stay on the disk, for a long training tells more than is good to keep.
 */
export class RunLog {
  readonly #path: string;
  /** Of the file, when it was last read. */
  #version = "";
  #touched = 0;
  #place: LogPlace = NO_LOG;
  #known = new Known();
  #looking: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  read(options: ReadLogOptions): AsyncGenerator<LogPiece, void> {
    return readLog(this.#path, options);
  }

  /** Behind the last whole line that was read. */
  get place(): LogPlace {
    return this.#place;
  }

  /** Undefined where nothing tells: without a log, or where none of its lines can be read. */
  get state(): LogState | undefined {
    return this.#known.stateAt(this.#touched);
  }

  get hasEvents(): boolean {
    return this.#known.newest.hasEvents;
  }

  /** Undefined where no training has begun. */
  get numbers(): ReturnType<typeof summarize> {
    return this.#known.newest.summary();
  }

  /** Whether an event of the log counts in the end: to be asked of its lines in their order, from the first on. */
  standing(): (line: PlacedLine) => boolean {
    return this.#known.standing();
  }

  /** Reads what is new. Who asks meanwhile waits for the same reading. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const found = await lstat(this.#path).catch(() => undefined);
    const version = found?.isFile() ? `${found.ino} ${found.size} ${found.mtimeMs}` : "none";
    this.#touched = found?.mtimeMs ?? 0;
    if (version === this.#version) return;
    for await (const { lines, begin, end } of this.read({ from: this.#place })) {
      if (!isSamePlace(begin, this.#place)) this.#known = new Known();
      for (const line of lines) this.#known.add(line);
      this.#place = end;
    }
    if (this.#known.isRepeated && !(await this.#recount())) return;
    this.#version = version;
  }

  /** The newest of the events that count, where a training has gone on from before some of those that were the newest. */
  async #recount(): Promise<boolean> {
    const counts = this.standing();
    const newest = new Newest();
    for await (const { lines, end } of this.read({ to: this.#place.bytes })) {
      if (end.generation !== this.#place.generation) return false;
      for (const placed of lines) if (counts(placed) && isTaskEvent(placed.line)) newest.add(placed.line);
    }
    this.#known.newest = newest;
    this.#known.isRepeated = false;
    return true;
  }
}

/** What the lines so far have told. */
class Known {
  newest: Newest = new Newest();
  /** Whether the newest numbers no longer count. */
  isRepeated = false;
  readonly #starts: { readonly step: number; readonly end: number }[] = [];
  #mark: LogBegin | LogEnd | undefined;
  #isSaved = false;

  add({ line, end }: PlacedLine): void {
    if (!isTaskEvent(line)) {
      this.#mark = line;
      return;
    }
    if (line.type === "saved") this.#isSaved = true;
    if (line.type === "start") {
      this.#isSaved = false;
      this.#starts.push({ step: line.step, end });
      this.isRepeated ||= !this.newest.standsAt(line.step);
    }
    this.newest.add(line);
  }

  /**
   * Whether a run still goes on. Its log tells of an end, or else that its process began: this one trains while it lives (where
   * it is of this machine, which alone can tell) and touches the log.
   */
  stateAt(touched: number): LogState | undefined {
    const last = this.#mark;
    if (!last && !this.newest.hasEvents) return undefined;
    if (this.#isSaved) return { state: "finished" };
    if (last?.type === "end") return { state: "interrupted", ...(last.message && { message: last.message }) };
    const isFresh = Date.now() - touched < STALE_AFTER;
    const isAlive = last !== undefined && (last.machine !== hostname() || lives(last.process));
    return { state: isFresh && isAlive ? "running" : "interrupted" };
  }

  standing(): (line: PlacedLine) => boolean {
    const starts = this.#starts;
    const least = starts.map(({ step }) => step);
    for (let i = least.length - 2; i >= 0; i--) least[i] = Math.min(least[i] as number, least[i + 1] as number);
    let next = 0;
    return ({ line, end }) => {
      while (next < starts.length && (starts[next]?.end as number) <= end) next++;
      const step = least[next];
      return isTaskEvent(line) && (step === undefined || stands(line, step));
    };
  }
}

/** The newest event of each kind that has numbers to show. */
class Newest {
  #first: LoggedEvent | undefined;
  #updated = 0;
  readonly #events = new Map<LoggedEvent["type"], LoggedEvent>();

  get hasEvents(): boolean {
    return this.#first !== undefined;
  }

  add(event: LoggedEvent): void {
    this.#first ??= event;
    this.#updated = event.time;
    if (SHOWN.includes(event.type)) this.#events.set(event.type, event);
  }

  standsAt(step: number): boolean {
    return [this.#first, ...this.#events.values()].every((event) => event === undefined || stands(event, step));
  }

  summary(): Omit<RunSummary, "name" | "state" | "model" | "message"> | undefined {
    const numbers = this.#first && summarize([this.#first, ...this.#events.values()]);
    return numbers && { ...numbers, updated: this.#updated };
  }
}

const SHOWN: readonly LoggedEvent["type"][] = ["start", "progress", "evaluation", "test"];

function lives(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
