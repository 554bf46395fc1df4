import { dates } from "fovea/data";
import type { SettingLimits } from "fovea/tasks";
import type { Compute, RecipeFacts, TrainingRequest } from "../../worker/api.ts";

/** What the reader has chosen for a training; numbers as they are typed. */
export interface TrainForm {
  readonly recipe: string;
  readonly seed: string;
  readonly steps: string;
  readonly workers: 1 | 2;
  readonly compute: Compute;
  /** In percent; empty: never. */
  readonly stopAt: string;
  readonly probes: readonly string[];
  /** The recipe's other settings, by path. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What the page asks for in other words than a recipe's own settings. */
const OWN = ["seed", "steps", "workers"];

/** Where a page wants it otherwise than the command line: the shortest training that answers 99 % of test dates. */
const PRESETS: Readonly<Record<string, Partial<Record<string, string>>>> = {
  dates: { steps: "800", averaging: "0.99", floor: "0.1", validateEvery: "100" },
};

const PROBES: Readonly<Record<string, readonly string[]>> = {
  dates: ["the 29th of August 1958", "Sat 17 Feb 2024", "03/11/1979"],
};

/** Texts that are watched. */
export const PROBE_COUNT = 3;
/** As long as the longest text that the network reads. */
export const LONGEST_PROBE: number = dates.MAX_INPUT;

/** The recipe's settings that stand under "all settings", with what the page starts from. */
export function defaultSettings({ name, settings }: RecipeFacts): Record<string, string> {
  const entries = Object.entries({ ...settings, ...PRESETS[name] }).map(
    ([path, value]) => [path, String(value)] as const,
  );
  return Object.fromEntries(entries.filter(([path]) => !OWN.includes(path)));
}

/** A form as it is first shown. @param workers as many as the device has cores for */
export function newForm(recipe: RecipeFacts, workers: 1 | 2): TrainForm {
  const first = (path: string) => String(PRESETS[recipe.name]?.[path] ?? recipe.settings[path] ?? "");
  return {
    recipe: recipe.name,
    seed: first("seed"),
    steps: first("steps"),
    workers,
    compute: "auto",
    stopAt: "99.5",
    probes: PROBES[recipe.name] ?? [],
    settings: defaultSettings(recipe),
  };
}

/** The fields whose values cannot be, with the limits that they break. */
export type Faults = Readonly<Record<string, SettingLimits>>;

/** A share, as it is typed. */
export const PERCENT: SettingLimits = { type: "number", minimum: 1, maximum: 100 };

/** What is wrong with a form, by field; empty where nothing is. */
export function faultsOf(form: TrainForm, { limits }: RecipeFacts): Faults {
  const given: Record<string, string> = { seed: form.seed, steps: form.steps, ...form.settings };
  const faults = Object.entries(given).flatMap(([path, text]): [string, SettingLimits][] => {
    const own = limits[path];
    return own && !fits(text, own) ? [[path, own]] : [];
  });
  if (form.stopAt !== "" && !fits(form.stopAt, PERCENT)) faults.push(["stopAt", PERCENT]);
  return Object.fromEntries(faults);
}

/** Whether a text is a value within limits. */
export function fits(text: string, limits: SettingLimits): boolean {
  if (limits.enum) return limits.enum.includes(text);
  if (limits.type === "boolean") return text === "true" || text === "false";
  if (limits.type !== "number" && limits.type !== "integer") return true;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || (limits.type === "integer" && !Number.isInteger(value))) return false;
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = limits;
  return value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum;
}

/** A form without faults as a request; settings that are the recipe's own are left out. */
export function requestOf(form: TrainForm, { settings }: RecipeFacts): TrainingRequest {
  const changed = Object.entries(form.settings).filter(([path, value]) => value !== String(settings[path]));
  return {
    recipe: form.recipe,
    settings: Object.fromEntries(changed),
    seed: Number(form.seed),
    steps: Number(form.steps),
    workers: form.workers,
    compute: form.compute,
    probes: form.probes.map((text) => text.trim()).filter((text) => text !== ""),
    stopAt: form.stopAt === "" ? undefined : Number(form.stopAt) / 100,
    resume: false,
  };
}
