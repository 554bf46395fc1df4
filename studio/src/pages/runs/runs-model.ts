import type { LoggedEvent, LoggedProgress, RunState, RunSummary } from "fovea/tasks";
import { measureOf } from "../../state/measures.ts";
import { Curves } from "../train/curves.ts";

/** Runs whose curves are laid over each other at most: more cannot be told apart. */
export const MOST_SHOWN = 10;

const STATES: readonly RunState[] = ["running", "finished", "interrupted"];

/** The runs that a server lists; what is none is left out. */
export function readRuns(answer: unknown): RunSummary[] {
  const runs = (answer as { runs?: unknown } | null)?.runs;
  return Array.isArray(runs) ? runs.filter(isRun) : [];
}

function isRun(value: unknown): value is RunSummary {
  const { name, task, state, step, steps, model } = (value ?? {}) as Partial<RunSummary>;
  const hasNumbers = typeof step === "number" && typeof steps === "number";
  const hasModel = model === null || Array.isArray(model?.files);
  return (
    typeof name === "string" && typeof task === "string" && STATES.includes(state as RunState) && hasNumbers && hasModel
  );
}

/** A run that is followed: its curves so far, and the last that it told. */
export interface Followed {
  readonly curves: Curves;
  readonly progress?: LoggedProgress;
  /** Measures of the last validation, and of the test. */
  readonly validation?: Readonly<Record<string, number>>;
  readonly test?: Readonly<Record<string, number>>;
  /** Whether no more is to come. */
  readonly isOver: boolean;
}

export function newlyFollowed(): Followed {
  return { curves: new Curves(), isOver: false };
}

/** Takes in an event; the curves grow where they stand. */
export function follow(run: Followed, event: LoggedEvent): Followed {
  run.curves.add(event);
  if (event.type === "progress") return { ...run, progress: event };
  if (event.type === "test") return { ...run, test: testMeasures(event.overall.share, event.metrics) };
  return event.type === "evaluation" ? { ...run, validation: event.metrics } : run;
}

/** What was measured, the share of right answers by both of its names. */
function testMeasures(share: number, metrics: Readonly<Record<string, number>> = {}): Record<string, number> {
  return { exactMatch: share, accuracy: share, ...metrics };
}

/** An event as the server sends it; undefined for what is none. */
export function readEvent(data: string): LoggedEvent | undefined {
  try {
    const event = JSON.parse(data);
    return typeof event?.type === "string" ? event : undefined;
  } catch {
    return undefined;
  }
}

/** A run in a line: the list's numbers, or newer ones where it is followed. */
export interface RunLine {
  readonly step: number;
  readonly steps: number;
  readonly loss: number | undefined;
  /** What the run is judged by. */
  readonly measure: string;
  readonly validation: number | undefined;
  readonly test: number | undefined;
  readonly examplesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
}

export function lineOf(run: RunSummary, live: Followed | undefined): RunLine {
  const measure = measureOf(run.task);
  const tested = run.exactMatch === undefined ? undefined : testMeasures(run.exactMatch, run.testMetrics);
  const newer = live?.progress && live.progress.step >= run.step ? live.progress : undefined;
  return {
    step: newer?.step ?? run.step,
    steps: run.steps,
    loss: newer?.loss ?? run.loss,
    measure,
    validation: (live?.validation ?? run.metrics)?.[measure],
    test: (live?.test ?? tested)?.[measure],
    examplesPerSecond: newer?.examplesPerSecond ?? run.examplesPerSecond,
    secondsLeft: newer?.secondsLeft ?? run.secondsLeft,
  };
}

/** The runs that are shown: those that were chosen and are there, or else the newest. */
export function shownRuns(runs: readonly RunSummary[], chosen: readonly string[] | undefined): string[] {
  const names = runs.map(({ name }) => name);
  if (chosen === undefined) return names.slice(0, 1);
  return chosen.filter((name) => names.includes(name)).slice(0, MOST_SHOWN);
}

/** The choice after a run's check box was clicked; the oldest choice makes room where there are too many. */
export function toggled(shown: readonly string[], name: string): string[] {
  return shown.includes(name) ? shown.filter((other) => other !== name) : [...shown, name].slice(-MOST_SHOWN);
}
