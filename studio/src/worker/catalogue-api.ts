import type { Walk, WalkInput, WalkProblem } from "fovea/tasks";

/** What the list says of a mechanism, without what cannot be sent. */
export interface MechanismFacts {
  readonly name: string;
  readonly family: string;
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  readonly section: string;
  readonly choose: string;
  /** The task with a known answer that it is shown on, and what is asked there. */
  readonly task: string;
  readonly about: string;
}

/** The worker that runs the mechanisms of the catalogue. */
export interface CatalogueApi {
  /** All of the list, family by family, the oldest first. */
  mechanisms(): Promise<readonly MechanismFacts[]>;
  problem(name: string, index: number): Promise<WalkProblem>;
  walk(name: string, input: WalkInput): Promise<Walk>;
  /** Trains it on its task; until the end the untrained one answers. */
  train(name: string): AsyncGenerator<{ readonly step: number; readonly steps: number; readonly loss: number }, void>;
  /** Forgets what was trained. */
  reset(name: string): Promise<void>;
}
