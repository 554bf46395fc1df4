/** What the server, or the static export, offers beside the page itself: `studio.json`. */
import { createStore, type Store } from "./store.ts";

/** A model that lies beside the page. */
export interface SiteModel {
  readonly name: string;
  /** Files by their path in the model's folder. */
  readonly files: readonly string[];
  /** Where the folder is, relative to the page. */
  readonly folder: string;
}

export interface Site {
  readonly models: readonly SiteModel[];
  /** Whether there is a folder of runs to look into. */
  readonly runs: boolean;
  /** Whether a program answers behind the page, or there are files only. */
  readonly isServed: boolean;
  /** Whether `studio.json` was read yet. */
  readonly isKnown: boolean;
}

const NOTHING: Site = { models: [], runs: false, isServed: false, isKnown: false };

export const site: Store<Site> = createStore<Site>(NOTHING);
