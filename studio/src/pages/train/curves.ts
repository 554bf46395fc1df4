import type { LoggedEvent, TaskEvent } from "fovea/tasks";

/** Values over the steps. */
export interface Series {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

interface Growing {
  x: number[];
  y: number[];
}

/** A curve is halved as often as it has grown to so many points. */
const MOST_POINTS = 4000;

/** The loss on validation data, which is another one than that of the steps. */
export const VALIDATION_LOSS = "validationLoss";

/** What a training told, as curves: they grow where they stand, so that following one costs nothing. */
export class Curves {
  readonly #series = new Map<string, Growing>();

  /** Takes in an event; a training that goes on at a step drops what came after that step before. */
  add(event: TaskEvent | LoggedEvent): void {
    if (event.type === "start") this.#cut(event.step);
    else if (event.type === "progress") {
      this.#push("loss", event.step, event.loss);
      this.#push("learningRate", event.step, event.learningRate);
    } else if (event.type === "evaluation") {
      for (const [measure, value] of Object.entries(event.metrics)) {
        this.#push(measure === "loss" ? VALIDATION_LOSS : measure, event.step, value);
      }
    }
  }

  /** The values of a measure: `loss`, `learningRate`, or one of validation, such as `exactMatch` or `VALIDATION_LOSS`. */
  get(measure: string): Series {
    return this.#series.get(measure) ?? { x: [], y: [] };
  }

  #push(measure: string, step: number, value: number): void {
    let series = this.#series.get(measure);
    if (!series) {
      series = { x: [], y: [] };
      this.#series.set(measure, series);
    }
    series.x.push(step);
    series.y.push(value);
    if (series.x.length < MOST_POINTS) return;
    series.x = series.x.filter((_, i) => i % 2 === 0);
    series.y = series.y.filter((_, i) => i % 2 === 0);
  }

  #cut(step: number): void {
    for (const series of this.#series.values()) {
      const kept = series.x.filter((x) => x <= step).length;
      series.x.length = kept;
      series.y.length = kept;
    }
  }
}
