import { type FileHandle, open, readdir, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { EVENT_LOG_FILE, type LogLine } from "../tasks/event-log.ts";
import type { ProgressEvent, TaskEvent } from "../tasks/events.ts";

/** So often, in milliseconds, progress is written; and so often the log is touched, to show that its process lives. */
const PROGRESS_EVERY = 500;
const TOUCH_EVERY = 5000;

export interface EventLogOptions {
  /** Goes on with the log that is there. */
  readonly resume: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Hears, once, why the log cannot be written; the training goes on without it. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Writes what a training tells into its folder, while it trains, for those who watch it. The file comes into being with the
 * first event.
 */
export class EventLog {
  readonly #folder: string;
  readonly #resume: boolean;
  readonly #now: () => number;
  readonly #onFailure: (error: Error) => void;
  #file: FileHandle | undefined;
  #isBroken = false;
  #touching: NodeJS.Timeout | undefined;
  #progressTime = Number.NEGATIVE_INFINITY;
  /** Progress that came too soon after the last that was written. */
  #held: ProgressEvent | undefined;

  constructor(folder: string, { resume, now = Date.now, onFailure }: EventLogOptions) {
    this.#folder = folder;
    this.#resume = resume;
    this.#now = now;
    this.#onFailure = onFailure;
  }

  async add(event: TaskEvent): Promise<void> {
    if (event.type === "progress") {
      const time = this.#now();
      this.#held = event;
      if (time - this.#progressTime < PROGRESS_EVERY) return;
      this.#progressTime = time;
    }
    await this.#writeHeld();
    if (event.type !== "progress") await this.#write(event);
  }

  /**
   * Ends the log, with the reason where there is one. Where the training has left nothing but its log, that goes, too: there is
   * nothing to go on with.
   */
  async end(message: string): Promise<void> {
    clearInterval(this.#touching);
    if (!this.#file) return;
    await this.#writeHeld();
    await this.#write({ type: "end", message });
    await this.#file.close().catch(() => undefined);
    this.#file = undefined;
    const names = await readdir(this.#folder).catch(() => []);
    if (names.length === 1 && names[0] === EVENT_LOG_FILE)
      await rm(join(this.#folder, EVENT_LOG_FILE), { force: true });
  }

  async #writeHeld(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held) await this.#write(held);
  }

  async #write(event: TaskEvent | { type: "end"; message: string }): Promise<void> {
    if (this.#isBroken) return;
    try {
      this.#file ??= await this.#open();
      await this.#file.appendFile(this.#line(event));
    } catch (error) {
      this.#isBroken = true;
      this.#onFailure(error as Error);
    }
  }

  async #open(): Promise<FileHandle> {
    const path = join(this.#folder, EVENT_LOG_FILE);
    const file = await open(path, this.#resume ? "a+" : "w");
    try {
      await this.#begin(file);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#touching = setInterval(() => {
      const now = new Date(this.#now());
      file.utimes(now, now).catch(() => undefined);
    }, TOUCH_EVERY).unref();
    return file;
  }

  async #begin(file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    const last = Buffer.from("\n");
    if (size > 0) await file.read(last, 0, 1, size - 1);
    // A process that was killed may have left half a line.
    const gap = last.toString() === "\n" ? "" : "\n";
    await file.appendFile(`${gap}${this.#line({ type: "begin", process: process.pid, machine: hostname() })}`);
  }

  #line(
    event: TaskEvent | { type: "end"; message: string } | { type: "begin"; process: number; machine: string },
  ): string {
    return `${JSON.stringify({ time: this.#now(), ...event } satisfies LogLine, asPlain)}\n`;
  }
}

/** Typed arrays as lists: JSON has no others. */
function asPlain(_name: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
}
