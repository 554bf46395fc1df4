/** What a training told, over all its interruptions: `events.jsonl` in the run's folder, as the command line writes it. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EVENT_LOG_FILE, isTaskEvent, parseLogLine, standingEvents } from "../../dist/tasks/index.js";

/** Typed arrays as lists: JSON has no others. */
const asPlain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);

export class Events {
  #file;

  constructor(folder) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, EVENT_LOG_FILE);
  }

  /** Progress is not kept, for nothing is made of it afterwards. */
  add(event) {
    if (event.type === "progress" || event.type === "probe") return;
    appendFileSync(this.#file, `${JSON.stringify({ time: Date.now(), ...event }, asPlain)}\n`);
  }

  begin() {
    this.add({ type: "begin", process: process.pid, machine: "" });
  }

  #lines() {
    if (!existsSync(this.#file)) return [];
    return readFileSync(this.#file, "utf8")
      .split("\n")
      .flatMap((line) => parseLogLine(line) ?? []);
  }

  /** The events that count. */
  standing() {
    return standingEvents(this.#lines().filter(isTaskEvent));
  }

  /** Seconds of all processes together, from their beginning to the last that they told. */
  seconds() {
    let total = 0;
    let begin;
    let last;
    for (const { type, time } of [...this.#lines(), { type: "begin" }]) {
      if (type === "begin" && begin !== undefined) total += last - begin;
      if (type === "begin") begin = time;
      last = time;
    }
    return total / 1000;
  }
}
