import { type Folder, filesFolder, memoryFolder } from "fovea/data";
import type { Backend, EngineFactory } from "fovea/runtime";
import type { Recipe } from "fovea/tasks";
import { TrainingControl } from "fovea/tasks";
import { DataError } from "fovea/tensor";
import type {
  Compute,
  Files,
  Kept,
  RecipeFacts,
  Steering,
  TrainingApi,
  TrainingEvent,
  TrainingRequest,
} from "./api.ts";
import { TrainingNotes } from "./training-notes.ts";

/** What a training is to be computed with. */
export interface ComputeRequest {
  readonly compute: Compute;
  /** Begins the training that is to be done, to be measured. */
  readonly train: (createEngine: EngineFactory) => Promise<void>;
  /** Told when the device was lost, and another goes on. */
  readonly onFallback: (message: string) => void;
}

/** What computes, and why this. */
export interface Computing {
  readonly name: string;
  readonly why: string;
  readonly createEngine: EngineFactory;
}

export interface TrainingFolders {
  readonly model: Folder;
  readonly notes: Folder;
  /** Whether they outlive this worker. */
  readonly isSafe: boolean;
}

export interface TrainingTools {
  readonly recipes: readonly Recipe[];
  /** Runs exported models. */
  readonly backend: Backend;
  readonly compute: (request: ComputeRequest) => Promise<Computing>;
  /** Two folders that outlive the page where the browser lets them: the model's, and that of the notes. */
  readonly folders: () => Promise<TrainingFolders>;
  readonly zip: (files: Folder) => Promise<Uint8Array>;
}

interface Running {
  readonly control: TrainingControl;
  readonly abort: AbortController;
  readonly notes?: TrainingNotes;
}

const CHECKPOINT = "checkpoint.safetensors";

/** Trains one model at a time, into a folder that outlives the page. */
export class TrainingSession implements TrainingApi {
  readonly #tools: TrainingTools;
  #folders: Promise<TrainingFolders> | undefined;
  #running: Running | undefined;

  constructor(tools: TrainingTools) {
    this.#tools = tools;
  }

  async recipes(): Promise<readonly RecipeFacts[]> {
    return this.#tools.recipes.map(({ name, summary, settings, limits }) => {
      return { name, summary, settings, limits: limits?.() ?? {} };
    });
  }

  async isSafe(): Promise<boolean> {
    return (await this.#open()).isSafe;
  }

  async *train(request: TrainingRequest): AsyncGenerator<TrainingEvent, void> {
    if (this.#running)
      throw new DataError("training: expected one training at a time but found a second; end the first");
    const recipe = this.#tools.recipes.find(({ name }) => name === request.recipe);
    if (!recipe) throw new DataError(`training: expected a recipe but found ${request.recipe}; choose one of the list`);
    const control = new TrainingControl();
    control.stopAt = request.stopAt;
    this.#running = { control, abort: new AbortController() };
    try {
      const notes = await this.#prepare(request);
      this.#running = { ...this.#running, notes };
      for await (const event of this.#run(recipe, request)) {
        notes.add(event);
        if (event.type === "checkpoint" || event.type === "saved") await notes.save();
        yield event;
      }
    } finally {
      this.#running = undefined;
    }
  }

  async steer(change: Steering): Promise<void> {
    const { control, abort, notes } = this.#running ?? {};
    if (change.kind === "pause") control?.pause();
    else if (change.kind === "resume") control?.resume();
    else if (change.kind === "finish") control?.finish();
    else if (change.kind === "abort") abort?.abort(new DOMException("stopped by the reader", "AbortError"));
    else if (change.kind === "step") control?.takeSteps(change.count);
    else if (control && change.kind === "learningRate") control.learningRateFactor = change.factor;
    else if (control && change.kind === "stopAt") {
      control.stopAt = change.share;
      notes?.stopAt(change.share);
    }
  }

  async files(): Promise<Files> {
    const { model } = await this.#open();
    const files = new Map<string, Uint8Array>();
    for (const name of await model.list()) files.set(name, (await model.read(name)) as Uint8Array);
    return files;
  }

  async zip(more: Files): Promise<Uint8Array> {
    return this.#tools.zip(filesFolder(new Map([...(await this.files()), ...more]), "model"));
  }

  async kept(): Promise<Kept | undefined> {
    const { model, notes } = await this.#open();
    const kept = (await TrainingNotes.open(notes))?.kept;
    if (!kept) return undefined;
    const files = await model.list();
    return files.includes(kept.isFinished ? "config.json" : CHECKPOINT) ? kept : undefined;
  }

  async discard(): Promise<void> {
    if (this.#running) throw new DataError("training: expected no training under way but found one; abort it first");
    const { model, notes } = await this.#open();
    for (const folder of [notes, model]) for (const name of await folder.list()) await folder.remove(name);
  }

  #open(): Promise<TrainingFolders> {
    this.#folders ??= this.#tools.folders();
    return this.#folders;
  }

  /** The notes to go on with, or new ones in emptied folders. */
  async #prepare(request: TrainingRequest): Promise<TrainingNotes> {
    const { model, notes } = await this.#open();
    const known = request.resume ? await TrainingNotes.open(notes) : undefined;
    known?.goOn(request);
    if (request.resume) return known ?? new TrainingNotes(notes, request);
    for (const folder of [notes, model]) for (const name of await folder.list()) await folder.remove(name);
    return new TrainingNotes(notes, request);
  }

  /** The recipe's events, and among them what there is to say of the device that computes. */
  async *#run(recipe: Recipe, request: TrainingRequest): AsyncGenerator<TrainingEvent, void> {
    const { backend } = this.#tools;
    const { model } = await this.#open();
    const said: TrainingEvent[] = [];
    const computing = await this.#tools.compute({
      compute: request.compute,
      train: async (createEngine) => {
        const events = recipe.train({ ...changesOf(request), folder: memoryFolder(), backend, createEngine });
        for await (const _ of events);
      },
      onFallback: (message) => {
        said.push({ type: "warning", message }, { type: "compute", backend: "wasm", why: message });
      },
    });
    yield { type: "compute", backend: computing.name, why: computing.why };
    const { control, abort } = this.#running as Running;
    const { createEngine } = computing;
    const steered = { folder: model, backend, createEngine, control, probes: request.probes, signal: abort.signal };
    const options = request.resume ? { ...steered, resume: true } : { ...steered, ...changesOf(request) };
    for await (const event of recipe.train(options)) {
      yield* said.splice(0);
      yield event;
    }
  }
}

/** What a new training is told; one that goes on has it in its checkpoint. */
function changesOf({ settings, seed, steps, workers }: TrainingRequest) {
  return { settings, seed, steps, workers };
}
