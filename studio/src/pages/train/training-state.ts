import type {
  DataEvent,
  EvaluationEvent,
  ExamplesEvent,
  ProbeEvent,
  ProgressEvent,
  SavedEvent,
  StartEvent,
  TestEvent,
} from "fovea/tasks";
import type { TrainingEvent, TrainingRequest } from "../../worker/api.ts";

/**
 * Where a training is: nothing yet; sessions are being made; steps are taken; it waits; it takes its last step; the test
 * data is read; there is a model; it was stopped and can go on; a fault stopped it.
 */
export type Phase =
  | "idle"
  | "starting"
  | "training"
  | "paused"
  | "stopping"
  | "measuring"
  | "finished"
  | "stopped"
  | "fault";

/** What the page shows of a training. */
export interface TrainingState {
  readonly phase: Phase;
  readonly request?: TrainingRequest;
  readonly start?: StartEvent;
  /** What is learnt from, where that is files. */
  readonly data?: DataEvent;
  readonly compute?: { readonly backend: string; readonly why: string };
  readonly progress?: ProgressEvent;
  readonly evaluation?: EvaluationEvent;
  /** The validation that the model is taken from. */
  readonly best?: EvaluationEvent;
  readonly probes: readonly ProbeEvent[];
  /** The step of the last checkpoint. */
  readonly checkpoint?: number;
  readonly warnings: readonly string[];
  readonly test?: TestEvent;
  readonly examples?: ExamplesEvent;
  readonly saved?: SavedEvent;
  readonly fault?: string;
  /** Whether an earlier page trained it. */
  readonly isRecalled?: boolean;
  /** What the learning rate is multiplied with. */
  readonly factor: number;
  /** The share of validation dates that ends the training. */
  readonly stopAt: number | undefined;
}

export const IDLE: TrainingState = { phase: "idle", probes: [], warnings: [], factor: 1, stopAt: undefined };

/** A training that has been asked for. One that goes on keeps what it told before. */
export function begin(before: TrainingState, request: TrainingRequest): TrainingState {
  const { fault, isRecalled, ...kept } = before;
  const base = request.resume ? kept : IDLE;
  return { ...base, phase: "starting", request, warnings: [], factor: 1, stopAt: request.stopAt };
}

/** Whether steps are being taken or waited for. */
export function isUnderWay(phase: Phase): boolean {
  return phase !== "idle" && phase !== "finished" && phase !== "stopped" && phase !== "fault";
}

/** The state after an event. */
export function reduce(state: TrainingState, event: TrainingEvent): TrainingState {
  switch (event.type) {
    case "compute":
      return { ...state, compute: { backend: event.backend, why: event.why } };
    case "start":
      return restart({ ...state, start: event, factor: event.learningRateFactor ?? 1 });
    case "data":
      return { ...state, data: event };
    case "progress":
      return { ...state, progress: event };
    case "evaluation":
      return { ...state, evaluation: event, ...(event.best && { best: event }) };
    case "probe":
      return { ...state, probes: [...state.probes.filter(({ step }) => step !== event.step), event] };
    case "checkpoint":
      return afterCheckpoint({ ...state, checkpoint: event.step });
    case "warning":
      return { ...state, warnings: [...state.warnings, event.message] };
    case "test":
      return { ...state, phase: "measuring", test: event };
    case "examples":
      return { ...state, examples: event };
    case "saved":
      return { ...state, phase: "finished", saved: event };
  }
}

/** What was told after the step at which a training goes on no longer counts. */
function restart(state: TrainingState): TrainingState {
  const step = state.start?.step ?? 0;
  const { progress, evaluation, best, ...rest } = state;
  const stands = <E extends { readonly step: number }>(name: string, event: E | undefined) => {
    return event && event.step <= step ? { [name]: event } : {};
  };
  return {
    ...rest,
    ...stands("progress", progress),
    ...stands("evaluation", evaluation),
    ...stands("best", best),
    phase: state.phase === "starting" ? "training" : state.phase,
    probes: state.probes.filter((probe) => probe.step <= step),
  };
}

/** A checkpoint follows each validation; after the last one the test dates are read. */
function afterCheckpoint(state: TrainingState): TrainingState {
  const { phase, start, evaluation, checkpoint, stopAt } = state;
  if (!isUnderWay(phase) || evaluation?.step !== checkpoint) return state;
  const { exactMatch, accuracy } = evaluation?.metrics ?? {};
  const isEnough = stopAt !== undefined && (exactMatch ?? accuracy ?? 0) >= stopAt;
  const isLast = phase === "stopping" || isEnough || checkpoint === start?.steps;
  return isLast ? { ...state, phase: "measuring" } : state;
}

/** The state after the worker's answer has ended, well or not. */
export function end(state: TrainingState, error?: { readonly name: string; readonly message: string }): TrainingState {
  if (!error) return isUnderWay(state.phase) ? { ...state, phase: "stopped" } : state;
  if (error.name === "InterruptedError") return { ...state, phase: "stopped" };
  return { ...state, phase: "fault", fault: error.message };
}
