import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { EVENT_LOG_FILE, type RunSummary, summarize } from "../tasks/event-log.ts";
import { readFinished } from "./finished-run.ts";
import { type ModelFiles, modelFilesIn } from "./model-files.ts";
import { type LogState, RunLog } from "./run-log.ts";

/** The log of a run that is gone: no file is called so. */
const NOWHERE = "";

/** The folders of a folder of runs. */
export class Runs {
  readonly #folder: string;
  readonly #logs = new Map<string, RunLog>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Every run, the newest first. */
  async list(): Promise<RunSummary[]> {
    const names = await this.#names();
    for (const known of this.#logs.keys()) if (!names.includes(known)) this.#logs.delete(known);
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

  /** A run's log as it is now, and whether somebody still writes to it. */
  async look(name: string): Promise<{ log: RunLog; state: LogState }> {
    const path = await this.pathOf(name);
    if (path === undefined) return { log: new RunLog(NOWHERE), state: { state: "interrupted" } };
    const log = this.#logs.get(name) ?? new RunLog(join(path, EVENT_LOG_FILE));
    this.#logs.set(name, log);
    await log.look();
    const { state } = log;
    return { log, state: state ?? { state: (await this.model(name)) ? "finished" : "interrupted" } };
  }

  async #names(): Promise<string[]> {
    const entries = await readdir(this.#folder, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
  }

  async #summary(name: string): Promise<RunSummary | undefined> {
    const model = await this.model(name);
    const files = model && { name, files: model.files };
    const { log, state } = await this.look(name);
    if (log.numbers) return { name, ...log.numbers, ...state, model: files ?? null };
    const finished = model && summarize(await readFinished(model));
    return finished && files && { name, ...finished, state: "finished", model: files };
  }
}
