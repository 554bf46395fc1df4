import { type Folder, filesFolder, memoryFolder, type text } from "fovea/data";
import type { Backend, EngineFactory } from "fovea/runtime";
import type { Recipe } from "fovea/tasks";
import { TrainingControl } from "fovea/tasks";
import { DataError } from "fovea/tensor";
import type {
  Compute,
  Data,
  Files,
  Keeping,
  Kept,
  RecipeFacts,
  Steering,
  TrainingApi,
  TrainingEvent,
  TrainingRequest,
} from "./api.ts";
import { dataSource } from "./data-source.ts";
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

/** Two folders for a training, which no other page uses before they are let go. */
export interface TrainingPlace {
  readonly model: Folder;
  readonly notes: Folder;
  /** Whether they outlive this worker, and else why not. */
  readonly keeping: Keeping;
  release(): void;
}

export interface TrainingTools {
  readonly recipes: readonly Recipe[];
  /** Runs exported models. */
  readonly backend: Backend;
  readonly compute: (request: ComputeRequest) => Promise<Computing>;
  /** Takes the folders that outlive the page; where they cannot be had, empty ones that do not. */
  readonly take: () => Promise<TrainingPlace>;
  /** What they would be now. */
  readonly keeping: () => Promise<Keeping>;
  readonly zip: (files: Folder, options: { readonly time?: Date }) => Promise<Uint8Array>;
}

interface Running {
  readonly control: TrainingControl;
  readonly abort: AbortController;
  readonly place?: TrainingPlace;
  readonly notes?: TrainingNotes;
}

/** A finished model and what was told of it. */
interface Finished {
  readonly kept: Kept;
  readonly files: Files;
}

const CHECKPOINT = "checkpoint.safetensors";

/**
 * Trains one model at a time, into a folder that outlives the page. The folder is held only while it is needed: between two
 * trainings another page may train in it.
 */
export class TrainingSession implements Omit<TrainingApi, "preview" | "sample"> {
  readonly #tools: TrainingTools;
  #running: Running | undefined;
  /** Where this page's training lies that could not be in the browser's folders. */
  #own: TrainingPlace | undefined;
  /** Of this page, whatever another one makes of the folders. */
  #finished: Finished | undefined;

  constructor(tools: TrainingTools) {
    this.#tools = tools;
  }

  async recipes(): Promise<readonly RecipeFacts[]> {
    return this.#tools.recipes.map(({ name, summary, measure, settings, limits, fromData = [], roles = [] }) => {
      const plainRoles = roles.map(({ headers, ...role }) => role);
      return { name, summary, measure, settings, fromData, roles: plainRoles, limits: limits?.() ?? {} };
    });
  }

  async keeping(): Promise<Keeping> {
    return this.#running?.place?.keeping ?? (await this.#tools.keeping());
  }

  async *train(request: TrainingRequest, data: Data = new Map()): AsyncGenerator<TrainingEvent, void> {
    if (this.#running)
      throw new DataError("training: expected one training at a time but found a second; end the first");
    const recipe = this.#tools.recipes.find(({ name }) => name === request.recipe);
    if (!recipe) throw new DataError(`training: expected a recipe but found ${request.recipe}; choose one of the list`);
    const control = new TrainingControl();
    control.stopAt = request.stopAt;
    this.#running = { control, abort: new AbortController() };
    let place: TrainingPlace | undefined;
    try {
      place = (request.resume && this.#own) || (await this.#tools.take());
      const notes = await this.#prepare(request, place);
      if (!request.resume) await keepData(place.notes, data);
      this.#running = { ...this.#running, place, notes };
      for await (const event of this.#run(recipe, request)) {
        notes.add(event);
        if (event.type === "checkpoint" || event.type === "saved") await notes.save();
        if (event.type === "saved") this.#finished = { kept: notes.kept, files: await filesOf(place.model) };
        yield event;
      }
    } finally {
      this.#running = undefined;
      place?.release();
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
    return this.#finished?.files ?? this.#visit(({ model }) => filesOf(model));
  }

  async zip(more: Files): Promise<Uint8Array> {
    const files = new Map([...(await this.files()), ...more]);
    const time = (await this.kept())?.events.findLast(({ type }) => type === "saved")?.time;
    return this.#tools.zip(filesFolder(files, "model"), time === undefined ? {} : { time: new Date(time) });
  }

  async kept(): Promise<Kept | undefined> {
    return this.#finished?.kept ?? this.#visit((place) => this.#read(place));
  }

  async discard(): Promise<void> {
    if (this.#running) throw new DataError("training: expected no training under way but found one; abort it first");
    await this.#visit(empty);
    this.#own = undefined;
    this.#finished = undefined;
  }

  /** Uses the folders of the last training. */
  async #visit<T>(use: (place: TrainingPlace) => Promise<T>): Promise<T> {
    const held = this.#running?.place ?? this.#own;
    const place = held ?? (await this.#tools.take());
    try {
      return await use(place);
    } finally {
      if (!held) place.release();
    }
  }

  async #read({ model, notes }: TrainingPlace): Promise<Kept | undefined> {
    const kept = (await TrainingNotes.open(notes))?.kept;
    if (!kept) return undefined;
    const names = await model.list();
    if (!names.includes(kept.isFinished ? "config.json" : CHECKPOINT)) return undefined;
    if (kept.isFinished) this.#finished = { kept, files: await filesOf(model) };
    return kept;
  }

  /** The notes to go on with, or new ones in emptied folders. @throws DataError where another page has what is to go on */
  async #prepare(request: TrainingRequest, place: TrainingPlace): Promise<TrainingNotes> {
    const { notes, keeping } = place;
    if (request.resume && place !== this.#own && keeping === "busy") {
      throw new DataError(
        "training: expected to go on but found another page that trains now; wait until it has ended",
      );
    }
    this.#finished = undefined;
    this.#own = keeping === "kept" ? undefined : place;
    const known = request.resume ? await TrainingNotes.open(notes) : undefined;
    known?.goOn(request);
    if (request.resume) return known ?? new TrainingNotes(notes, request);
    await empty(place);
    return new TrainingNotes(notes, request);
  }

  /** The recipe's events, and among them what there is to say of the device that computes. */
  async *#run(recipe: Recipe, request: TrainingRequest): AsyncGenerator<TrainingEvent, void> {
    const { backend } = this.#tools;
    const { notes } = (this.#running as Required<Running>).place;
    const openSource = (name: string) => keptData(notes, name, recipe.name);
    const said: TrainingEvent[] = [];
    const computing = await this.#tools.compute({
      compute: request.compute,
      train: async (createEngine) => {
        const events = recipe.train({
          ...changesOf(request),
          folder: memoryFolder(),
          backend,
          createEngine,
          openSource,
        });
        for await (const _ of events);
      },
      onFallback: (message) => {
        said.push({ type: "warning", message }, { type: "compute", backend: "wasm", why: message });
      },
    });
    yield { type: "compute", backend: computing.name, why: computing.why };
    const { control, abort, place } = this.#running as Required<Running>;
    const { createEngine } = computing;
    const steered = {
      folder: place.model,
      backend,
      createEngine,
      openSource,
      control,
      probes: request.probes,
      signal: abort.signal,
    };
    const options = request.resume ? { ...steered, resume: true } : { ...steered, ...changesOf(request) };
    for await (const event of recipe.train(options)) {
      yield* said.splice(0);
      yield event;
    }
  }
}

async function filesOf(folder: Folder): Promise<Files> {
  const files = new Map<string, Uint8Array>();
  for (const name of await folder.list()) files.set(name, (await folder.read(name)) as Uint8Array);
  return files;
}

async function empty({ notes, model }: TrainingPlace): Promise<void> {
  for (const folder of [notes, model]) for (const name of await folder.list()) await folder.remove(name);
}

/** What a new training is told; one that goes on has it in its checkpoint. */
function changesOf({ settings, seed, steps, workers, files }: TrainingRequest) {
  return { settings, seed, workers, ...(steps === undefined ? {} : { steps }), ...(files ? { files } : {}) };
}

const DATA = "data/";

/** Keeps the data of a training beside its notes: the page that goes on with it may be another one. */
async function keepData(notes: Folder, data: Data): Promise<void> {
  for (const [name, blob] of data) {
    await notes.write(DATA + encodeURIComponent(name), new Uint8Array(await blob.arrayBuffer()));
  }
}

/** @throws DataError where the data is no longer there */
async function keptData(notes: Folder, name: string, owner: string): Promise<text.ByteSource> {
  const bytes = await notes.read(DATA + encodeURIComponent(name));
  if (bytes) return dataSource(owner, name, bytes);
  throw new DataError(`training: expected ${name} where the browser keeps it but found none; choose the file again`);
}
