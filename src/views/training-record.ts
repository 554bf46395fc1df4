import type { ExamplesEvent, ProgressEvent, SavedEvent, StartEvent, TaskEvent, TestEvent } from "../tasks/events.ts";
import { smoothLosses } from "../tasks/smooth-loss.ts";
import type { Curve } from "./curve.ts";
import { wordsOf } from "./measure-text.ts";

/** Values over the steps. */
interface Points {
  readonly x: number[];
  readonly y: number[];
}

/** One of the training's steps, in `metrics.json`. */
interface TrainRecord extends Readonly<Record<string, unknown>> {
  readonly step: number;
  readonly loss: number;
}

/** A curve is halved as often as it has grown to so many points. */
const MOST_POINTS = 20_000;

/** What a training has told, kept for its report. */
export class TrainingRecord {
  start: StartEvent | undefined;
  test: TestEvent | undefined;
  examples: ExamplesEvent | undefined;
  saved: SavedEvent | undefined;
  readonly warnings: string[] = [];
  #curves = new Map<string, Points>();
  #progress: ProgressEvent | undefined;

  add(event: TaskEvent): void {
    if (event.type === "start") this.start = event;
    else if (event.type === "test") this.test = event;
    else if (event.type === "examples") this.examples = event;
    else if (event.type === "saved") this.saved = event;
    else if (event.type === "warning") this.warnings.push(event.message);
    else if (event.type === "evaluation") this.#addPoints("validation", { step: event.step, ...event.metrics });
    else if (event.type === "progress") {
      this.#progress = event;
      this.#addPoints("train", { ...event });
    }
  }

  /**
   * The curves from the first step on as a model's `metrics.json` has them: `history`, with a list of records for `train` and
   * one for `validation`. The events of a training that was resumed tell of the last part only. Losses of steps become what was
   * told of them, so that a loss is the same number everywhere.
   */
  readHistory(bytes: Uint8Array | undefined): void {
    const history = bytes && (JSON.parse(new TextDecoder().decode(bytes)) as { history?: unknown }).history;
    if (typeof history !== "object" || history === null) return;
    this.#curves = new Map();
    for (const [part, records] of Object.entries(history)) {
      if (!Array.isArray(records)) continue;
      for (const record of part === "train" ? this.#told(records) : records) this.#addPoints(part, record);
    }
  }

  #told(records: readonly TrainRecord[]): TrainRecord[] {
    const losses = smoothLosses(records);
    const last = this.#progress;
    return records.map((record, i) => {
      return { ...record, loss: record.step === last?.step ? last.loss : (losses[i] as number) };
    });
  }

  /** Loss, measures on validation data and learning rate, each in a panel of its own, the loss of both parts in one. */
  curves(): Curve[] {
    const named = [...this.#curves].map(([key, points]) => {
      const [part, measure] = key.split("/") as [string, string];
      const name = measure === "learningRate" ? "learning rate" : `${PARTS[part] ?? part} ${wordsOf(measure)}`;
      return { name, panel: measure, ...points, noisy: key === "train/loss" };
    });
    const place = (panel: string) => PANELS.indexOf(panel) + 1 || PANELS.length;
    return named.sort((a, b) => place(a.panel) - place(b.panel));
  }

  #addPoints(part: string, values: Readonly<Record<string, unknown>>): void {
    for (const [measure, value] of Object.entries(values)) {
      const isShown = part !== "train" || measure === "loss" || measure === "learningRate";
      if (measure === "step" || !isShown || typeof value !== "number") continue;
      const points = this.#curves.get(`${part}/${measure}`) ?? { x: [], y: [] };
      points.x.push(values.step as number);
      points.y.push(value);
      this.#curves.set(`${part}/${measure}`, points.x.length < MOST_POINTS ? points : halved(points));
    }
  }
}

const PANELS: readonly string[] = ["loss", "exactMatch", "learningRate"];
const PARTS: Readonly<Record<string, string>> = { train: "training" };

function halved({ x, y }: Points): Points {
  const isKept = (_: number, i: number) => i % 2 === 0;
  return { x: x.filter(isKept), y: y.filter(isKept) };
}
