import type { Folder } from "fovea/data";
import type { Kept, NotedEvent, TrainingEvent, TrainingRequest } from "./api.ts";
import { jsonText } from "./json-text.ts";

const FILE = "training.json";
/** Progress is thinned when so much of it has been noted. */
const MOST_PROGRESS = 1000;

/** What the page was told of a training, kept beside its checkpoint so that a page that was closed can show it again. */
export class TrainingNotes {
  readonly #folder: Folder;
  #request: TrainingRequest;
  #events: NotedEvent[];

  constructor(folder: Folder, request: TrainingRequest, events: readonly NotedEvent[] = []) {
    this.#folder = folder;
    this.#request = request;
    this.#events = [...events];
  }

  /** The notes in a folder; undefined where there are none that can be read. */
  static async open(folder: Folder): Promise<TrainingNotes | undefined> {
    const bytes = await folder.read(FILE);
    if (!bytes) return undefined;
    try {
      const { request, events } = JSON.parse(new TextDecoder().decode(bytes));
      const isWhole = typeof request?.recipe === "string" && Array.isArray(request.probes) && Array.isArray(events);
      return isWhole ? new TrainingNotes(folder, request, events) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Goes on with another request: what the reader changed in the meantime. */
  goOn(request: TrainingRequest): void {
    this.#request = request;
  }

  /** Notes that the training is to stop elsewhere; the learning rate's factor is in its checkpoint. */
  stopAt(share: number | undefined): void {
    this.#request = { ...this.#request, stopAt: share };
  }

  /** Notes an event. What a training that goes on tells anew counts once. */
  add(event: TrainingEvent): void {
    if (event.type === "start") {
      this.#events = this.#events.filter((old) => !("step" in old) || old.type === "start" || old.step <= event.step);
    }
    // A training that goes on looks at the watched texts again before its first step.
    if (event.type === "probe") {
      this.#events = this.#events.filter((old) => old.type !== "probe" || old.step !== event.step);
    }
    this.#events.push({ ...event, time: Date.now() });
    if (event.type === "progress") this.#thin();
  }

  async save(): Promise<void> {
    const text = jsonText({ request: this.#request, events: this.#events });
    await this.#folder.write(FILE, new TextEncoder().encode(text));
  }

  /** What is kept, and how far the training had come. */
  get kept(): Kept {
    const start = this.#events.findLast((event) => event.type === "start");
    const checkpoint = this.#events.findLast((event) => event.type === "checkpoint");
    return {
      request: this.#request,
      events: this.#events,
      isFinished: this.#events.some(({ type }) => type === "saved"),
      step: checkpoint?.step ?? 0,
      steps: start?.steps ?? this.#request.steps ?? 0,
    };
  }

  #thin(): void {
    const count = this.#events.filter(({ type }) => type === "progress").length;
    if (count <= MOST_PROGRESS) return;
    let place = 0;
    this.#events = this.#events.filter(({ type }) => type !== "progress" || place++ % 2 === 1);
  }
}
