import type { ProgressEvent, TaskEvent } from "./events.ts";

/**
 * The log of a training, `events.jsonl` in its folder: what the task has told, a line of JSON each, with the time. A training
 * that is resumed goes on with the log; what it repeats then counts once.
 */
export const EVENT_LOG_FILE = "events.jsonl";

/** Milliseconds since 1970. */
interface Timed {
  readonly time: number;
}

/** Progress as it can be told later, too, when nobody knows any more how fast it went. */
export type LoggedProgress = Omit<ProgressEvent, Fleeting> & Partial<Pick<ProgressEvent, Fleeting>>;
type Fleeting = "examplesPerSecond" | "secondsLeft";

/** An event of the task, as the log has it. */
export type LoggedEvent = (Exclude<TaskEvent, ProgressEvent> | LoggedProgress) & Timed;

/** A process begins to write, which is known by its number on its machine. */
export interface LogBegin extends Timed {
  readonly type: "begin";
  readonly process: number;
  readonly machine: string;
}

/** The process ends, having said why. A process that is killed writes none. */
export interface LogEnd extends Timed {
  readonly type: "end";
  /** Empty where all is well. */
  readonly message: string;
}

export type LogLine = LoggedEvent | LogBegin | LogEnd;

/** Which fields a line must have, and of which type; of other fields a reader makes sure itself. */
const FIELDS: Readonly<Record<LogLine["type"], Readonly<Record<string, "number" | "string" | "object">>>> = {
  begin: { process: "number", machine: "string" },
  end: { message: "string" },
  start: { task: "string", step: "number", steps: "number", parameters: "number", workers: "number", seed: "number" },
  data: { files: "object", train: "number", validation: "number", test: "number", vocabulary: "object" },
  progress: { step: "number", steps: "number", loss: "number", learningRate: "number" },
  evaluation: { step: "number", metrics: "object" },
  probe: { step: "number", explanations: "object" },
  checkpoint: { step: "number" },
  warning: { message: "string" },
  test: { overall: "object", groups: "object", metrics: "object" },
  examples: { examples: "object", maps: "object" },
  saved: { files: "object", seconds: "number" },
};

/** A line of the log; undefined where it is damaged, as the last one is of a process that was killed while it wrote. */
export function parseLogLine(text: string): LogLine | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof line !== "object" || line === null || Array.isArray(line)) return undefined;
  const { type, time, ...fields } = line as Record<string, unknown>;
  if (typeof time !== "number" || typeof type !== "string" || !Object.hasOwn(FIELDS, type)) return undefined;
  const isWhole = Object.entries(FIELDS[type as LogLine["type"]]).every(([name, kind]) => {
    return typeof fields[name] === kind && fields[name] !== null;
  });
  return isWhole ? (line as LogLine) : undefined;
}

/** Whether a line is an event of the task. */
export function isTaskEvent(line: LogLine): line is LoggedEvent {
  return line.type !== "begin" && line.type !== "end";
}

/** Adds an event to those that stand; where a training goes on at a step, what came after that step no longer counts. */
export function addEvent(events: readonly LoggedEvent[], next: LoggedEvent): LoggedEvent[] {
  if (next.type !== "start") return [...events, next];
  return [...events.filter((event) => stands(event, next.step)), next];
}

/** The events that count, of all those that a log has. */
export function standingEvents(events: Iterable<LoggedEvent>): LoggedEvent[] {
  let standing: LoggedEvent[] = [];
  for (const event of events) {
    if (event.type === "start") standing = addEvent(standing, event);
    else standing.push(event);
  }
  return standing;
}

/** Whether an event still counts when the training goes on from a step. */
export function stands(event: LoggedEvent, step: number): boolean {
  if (event.type === "test" || event.type === "examples" || event.type === "saved") return false;
  return event.type === "start" || !("step" in event) || event.step <= step;
}

/** Whether a process still trains there, has come to its end, or has stopped before. */
export type RunState = "running" | "finished" | "interrupted";

/** What there is to say of a run in a line: its newest numbers. */
export interface RunSummary {
  /** Of its folder, among the runs. */
  readonly name: string;
  readonly task: string;
  readonly state: RunState;
  readonly step: number;
  readonly steps: number;
  readonly parameters?: number;
  readonly workers?: number;
  readonly seed?: number;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly updated: number;
  readonly loss?: number;
  readonly learningRate?: number;
  readonly examplesPerSecond?: number;
  readonly secondsLeft?: number;
  /** Of the last validation. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** The share of the test set that was answered right. */
  readonly exactMatch?: number;
  /** What else was measured on it. */
  readonly testMetrics?: Readonly<Record<string, number>>;
  /** Why it stopped, where it said so. */
  readonly message?: string;
  /** The files of the trained model, if there is one yet. */
  readonly model: { readonly name: string; readonly files: readonly string[] } | null;
}

/** The newest numbers that a run has told. */
export function summarize(
  events: readonly LoggedEvent[],
): Omit<RunSummary, "name" | "state" | "model" | "message"> | undefined {
  const start = last(events, "start");
  const [first] = events;
  if (!start || !first) return undefined;
  const progress = last(events, "progress");
  const evaluation = last(events, "evaluation");
  const test = last(events, "test");
  const { task, parameters, workers, seed } = start;
  return {
    task,
    step: Math.max(start.step, progress?.step ?? 0),
    steps: start.steps,
    parameters,
    workers,
    seed,
    started: first.time,
    updated: (events.at(-1) as LoggedEvent).time,
    ...(progress && { loss: progress.loss, learningRate: progress.learningRate }),
    // What is not finite becomes null as JSON.
    ...(typeof progress?.examplesPerSecond === "number" && { examplesPerSecond: progress.examplesPerSecond }),
    ...(typeof progress?.secondsLeft === "number" && { secondsLeft: progress.secondsLeft }),
    ...(evaluation && { metrics: evaluation.metrics }),
    ...(test && { exactMatch: test.overall.share, testMetrics: test.metrics }),
  };
}

function last<Type extends LoggedEvent["type"]>(
  events: readonly LoggedEvent[],
  type: Type,
): (LoggedEvent & { type: Type }) | undefined {
  return events.findLast((event): event is LoggedEvent & { type: Type } => event.type === type);
}
