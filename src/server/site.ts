/** Tells the page what there is: `studio.json` beside `index.html`, made alike by the server and by an export. */
export const SITE_FILE = "studio.json";

export interface Site {
  /** Of Fovea. */
  readonly version: string;
  /** Whether a program answers behind the page, or there are files only. */
  readonly mode: "server" | "static";
  /** The model to show first: its files lie at `model/FILE`. */
  readonly model: { readonly name: string; readonly files: readonly string[] } | null;
  /** Whether `api/runs` lists runs. */
  readonly runs: boolean;
  /** Whether `api/predict` and `api/explain` answer for the model. */
  readonly predict: boolean;
}
