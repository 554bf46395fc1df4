import type { Faithfulness } from "./faithfulness.ts";

/**
 * The one protocol between tasks and whoever shows them: the command line, a server, the studio. Every event is plain data
 * that survives JSON.
 */
export type TaskEvent =
  | StartEvent
  | DataEvent
  | ProgressEvent
  | EvaluationEvent
  | ProbeEvent
  | CheckpointEvent
  | WarningEvent
  | TestEvent
  | ExamplesEvent
  | SavedEvent;

/** Training begins, or goes on at `step` after an interruption. */
export interface StartEvent {
  readonly type: "start";
  readonly task: string;
  readonly folder: string;
  readonly parameters: number;
  readonly step: number;
  readonly steps: number;
  readonly workers: number;
  readonly seed: number;
  /** What the recipe's learning rate is multiplied with, where that is not 1. */
  readonly learningRateFactor?: number;
}

/** What a training learns from, where it is given files. */
export interface DataEvent {
  readonly type: "data";
  readonly files: readonly string[];
  /** Examples of each part. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  /** Bad records, and examples that are too long. */
  readonly leftOut: number;
  /** Tokens of each vocabulary, by name. */
  readonly vocabulary: Readonly<Record<string, number>>;
}

/** A training step was taken; at most some twenty a second are sent. */
export interface ProgressEvent {
  readonly type: "progress";
  /** Steps taken so far. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of an example, smoothed over the last steps. */
  readonly loss: number;
  readonly learningRate: number;
  /** What the recipe's own learning rate was multiplied with at this step, where that is not 1. */
  readonly learningRateFactor?: number;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
}

/** Validation, during training. */
export interface EvaluationEvent {
  readonly type: "evaluation";
  readonly step: number;
  /** As `exactMatch` (0 … 1) and `loss`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether this is the best so far, which is what the trained model keeps. */
  readonly best: boolean;
  /** Seconds of training before it, over all interruptions, validations included. */
  readonly seconds?: number;
}

/** What the model makes of the texts that are watched, at a validation: one sees attention form. */
export interface ProbeEvent {
  readonly type: "probe";
  readonly step: number;
  readonly explanations: readonly Explanation[];
}

export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly folder: string;
}

export interface WarningEvent {
  readonly type: "warning";
  readonly message: string;
}

/** A share with its count and its 95 % interval (Wilson 1927). */
export interface Share {
  readonly name: string;
  readonly count: number;
  readonly right: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** The share of a group, and what else was measured of it. */
export interface GroupShare extends Share {
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Measured on the test set, after training or by `evaluate`. */
export interface TestEvent {
  readonly type: "test";
  readonly overall: Share;
  /** By whatever groups the data has, in their order. */
  readonly groups: readonly GroupShare[];
  /** What the groups are: default `format`. */
  readonly groupedBy?: string;
  /** Further measures: shares of one, such as `certainRight`, or whatever their name says. */
  readonly metrics: Readonly<Record<string, number>>;
  /** 95 % intervals of some of them. */
  readonly intervals?: Readonly<Record<string, readonly [low: number, high: number]>>;
  /** How many texts the model could not take; they count as wrong. */
  readonly rejected?: number;
  /** For each group and output field, the share of attention that lay on the input field it is written from. */
  readonly focus?: readonly { readonly name: string; readonly shares: Readonly<Record<string, number>> }[];
}

/** What the model makes of some inputs, with the answers where they are known. */
export interface ExamplesEvent {
  readonly type: "examples";
  readonly title: string;
  readonly examples: readonly (Prediction & { readonly expected?: string })[];
  /** Where it looked, for some of them; the first is the one to show where there is room for one only. */
  readonly maps: readonly AttentionMap[];
}

/** The finished model folder. */
export interface SavedEvent {
  readonly type: "saved";
  readonly folder: string;
  readonly files: readonly string[];
  readonly seconds: number;
}

/** One answer. */
export interface Prediction {
  readonly text: string;
  readonly output: string;
  /** Product of the chosen tokens' probabilities, for dates after temperature scaling. */
  readonly confidence: number;
  /** Whether the confidence is above the threshold chosen on validation data; undefined where answers are not right or wrong as a whole. */
  readonly certain?: boolean;
  /** Of a date: whether it is one of the calendar. */
  readonly valid?: boolean;
}

/** A text that the model cannot take, or that could not even be read, in the place of its answer. */
export interface RejectedText {
  readonly text: string;
  /** Why: *owner: expected X but found Y; mend*. */
  readonly error: string;
}

/** A text with its right answer. */
export interface LabelledText {
  readonly text: string;
  readonly expected: string;
  /** Where the two stand, for messages. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: number };
}

/** One matrix of attention weights: how much each output token (row) read of each input token (column). */
export interface AttentionMap {
  readonly title?: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Row-major rows × columns, each from 0 to 1: the very numbers that the model used. */
  readonly weights: ArrayLike<number>;
}

/** What a model might have written at a place, and how likely it found that. */
export interface Candidate {
  readonly token: string;
  /** After temperature scaling. */
  readonly probability: number;
}

/** An answer with what it was read from. */
export interface Explanation {
  readonly prediction: Prediction;
  readonly map: AttentionMap;
  /** For each row of the map the likeliest tokens, best first. */
  readonly candidates: readonly (readonly Candidate[])[];
  /** How far the map agrees with what leaving tokens out does to the answer, where that was asked for. */
  readonly faithfulness?: Pick<Faithfulness, "kendall" | "deletion" | "random">;
}

/** What if: a change of how a model reads, to be compared with how it reads by itself. */
export interface Change {
  /** Places of the text that no step may read unless it is forced to: what they weighed goes to the others in proportion. */
  readonly masked?: readonly number[];
  /** Weights to use at some steps in place of the model's own; one a place of the text, divided by their sum. */
  readonly forced?: readonly { readonly step: number; readonly weights: readonly number[] }[];
  /** Tokens written in place of the model's own; where a model reads what it wrote, it goes on from these. */
  readonly written?: readonly { readonly step: number; readonly token: string }[];
}
