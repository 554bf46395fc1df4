/** What the studio's workers do for its page. All of it is plain data, so that it can be sent. */
import type {
  GraphInputs as AnyGraphInputs,
  GraphRun as AnyGraphRun,
  Change,
  Explanation,
  Faithfulness,
  GraphFacts,
  OpenModel,
  SettingLimits,
  TaskEvent,
  TrainingFiles,
} from "fovea/tasks";
import type { Compute } from "fovea/web";

export type { Compute, GraphFacts };

export type Files = ReadonlyMap<string, Uint8Array>;

/** A model of a task, or a graph whose inputs one fills in. */
export type OpenedModel =
  | {
      readonly id: number;
      readonly kind: "task";
      readonly task: OpenModel["task"];
      readonly name: string;
      /** Whether it can be asked how true its attention is. */
      readonly hasFaithfulness: boolean;
      /** Texts to begin with, where its folder knows some. */
      readonly examples: readonly string[];
    }
  | { readonly id: number; readonly kind: "graph"; readonly name: string; readonly graph: GraphFacts };

/** A graph's weights for one run. */
export type GraphRun = Omit<AnyGraphRun, "inputs">;

/** What a graph is run with: sizes of its open axes, numbers for some inputs, and a seed to draw the others from. */
export type GraphInputs = Required<Omit<AnyGraphInputs, "ranges">>;

/** The worker that holds opened models. */
export interface ModelApi {
  /** @throws ModelError or DataError for files that are no model */
  open(name: string, files: Files): Promise<OpenedModel>;
  explain(id: number, text: string, change?: Change): Promise<Explanation>;
  faithfulness(id: number, text: string): Promise<Faithfulness>;
  /** Inputs that are not given are drawn from a seed; `sizes` are those of open axes. */
  run(id: number, given: GraphInputs): Promise<GraphRun>;
  close(id: number): Promise<void>;
}

export interface TrainingRequest {
  readonly recipe: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Undefined: as many as the data asks for. */
  readonly steps?: number | undefined;
  readonly workers: number;
  readonly compute: Compute;
  /** Names of the data, where the recipe does not make its own; the browser keeps the data itself beside the checkpoint. */
  readonly files?: TrainingFiles | undefined;
  readonly probes: readonly string[];
  readonly stopAt: number | undefined;
  /** Goes on with the training that was interrupted, from its checkpoint in the browser's own storage. */
  readonly resume: boolean;
}

/** Changes of a training that runs. */
export type Steering =
  | { readonly kind: "pause" | "resume" | "finish" | "abort" }
  | { readonly kind: "step"; readonly count: number }
  | { readonly kind: "learningRate"; readonly factor: number }
  | { readonly kind: "stopAt"; readonly share: number | undefined };

/** What the training worker tells: the events of the task, and what the page alone wants to know. */
export type TrainingEvent = TaskEvent | { readonly type: "compute"; readonly backend: string; readonly why: string };

/** An event and when it was told, in milliseconds since 1970; unknown of what earlier versions of the page kept. */
export type NotedEvent = TrainingEvent & { readonly time?: number };

/** Data of a training by name: files that someone has chosen, or tables that the page has made. */
export type Data = ReadonlyMap<string, Blob>;

/** Records of the files of a training, as they are read. */
export interface DataPreview {
  /** The first ones, by role. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** How many there are; undefined of files that are too large to be read for that. */
  readonly count: number | undefined;
  /** Bad ones, where these are left out. */
  readonly bad: number;
  /** What stands in the first row of a table, or the names in the first record. */
  readonly columns: readonly string[];
  /** Why they cannot be learnt from. */
  readonly fault?: string;
}

/** A recipe, as far as a form has to know it. */
export interface RecipeFacts {
  readonly name: string;
  readonly summary: string;
  readonly measure: string;
  /** Settings that are chosen by the data, unless they are given. */
  readonly fromData: readonly string[];
  /** The fields of a record of its data; empty where it makes its own. */
  readonly roles: readonly { readonly name: string; readonly optional?: boolean }[];
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  readonly limits: Readonly<Record<string, SettingLimits>>;
}

/** What the browser's storage keeps of the last training: a checkpoint to go on from, or a finished model. */
export interface Kept {
  readonly request: TrainingRequest;
  /** What the page was told, up to the checkpoint or to the end; thinned where it was much. */
  readonly events: readonly NotedEvent[];
  readonly isFinished: boolean;
  readonly step: number;
  readonly steps: number;
}

/**
 * What becomes of a training when its page is closed: the browser keeps it; it is lost, as another page trains now where the
 * browser would keep it; it is lost, as the browser keeps nothing.
 */
export type Keeping = "kept" | "busy" | "lost";

/** The worker that trains. */
export interface TrainingApi {
  recipes(): Promise<readonly RecipeFacts[]>;
  /** What a recipe would read in files; an earlier question that is still being worked on ends with what it has. */
  preview(recipe: string, files: TrainingFiles, data: Data): Promise<DataPreview>;
  /** A table of examples, by the name of their generator. */
  sample(generator: string): Promise<Blob>;
  /** Of the training that is under way, or of one that would begin now. */
  keeping(): Promise<Keeping>;
  /** @param data of a new training; of one that goes on it is kept */
  train(request: TrainingRequest, data?: Data): AsyncGenerator<TrainingEvent, void>;
  steer(change: Steering): Promise<void>;
  /** The model folder of the training that ended last in this page, or of the one that the browser keeps. */
  files(): Promise<Files>;
  /** The same as a zip, with some files more. */
  zip(more: Files): Promise<Uint8Array>;
  /** Undefined while another page trains. */
  kept(): Promise<Kept | undefined>;
  /** Forgets the training; one of another page stays. */
  discard(): Promise<void>;
}
