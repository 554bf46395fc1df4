import { dates } from "fovea/data";
import type { SettingLimits } from "fovea/tasks";
import { isRightShare } from "../../state/measures.ts";
import type { Compute, RecipeFacts, TrainingRequest } from "../../worker/api.ts";
import { type DataChoice, filesOf, NO_DATA } from "./data-choice.ts";

/** What the reader has chosen for a training; numbers as they are typed. */
export interface TrainForm {
  readonly recipe: string;
  readonly seed: string;
  /** Empty: as many as the data asks for, where the recipe chooses by it. */
  readonly steps: string;
  readonly workers: 1 | 2;
  readonly compute: Compute;
  /** In percent; empty: never. */
  readonly stopAt: string;
  readonly probes: readonly string[];
  /** Whether the reader has written them. */
  readonly areProbesOwn: boolean;
  /** The recipe's other settings, by path; empty: chosen by the data. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of recipes that do not make their own. */
  readonly data: DataChoice;
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
const LONGEST_TEXT = 4096;

/** As long as the longest text that a network reads, where that is known. */
export function longestProbe(recipe: string): number {
  return recipe === "dates" ? dates.MAX_INPUT : LONGEST_TEXT;
}

/** Whether a recipe learns from files. */
export function needsData({ roles }: Pick<RecipeFacts, "roles">): boolean {
  return roles.length > 0;
}

/** What the page starts from: a setting that the data decides begins empty. */
function firstValue({ name, settings, fromData }: RecipeFacts, path: string): string {
  return String(PRESETS[name]?.[path] ?? (fromData.includes(path) ? "" : (settings[path] ?? "")));
}

/** The recipe's settings that stand under "all settings", with what the page starts from. */
export function defaultSettings(recipe: RecipeFacts): Record<string, string> {
  const paths = Object.keys(recipe.settings).filter((path) => !OWN.includes(path));
  return Object.fromEntries(paths.map((path) => [path, firstValue(recipe, path)]));
}

/** A form as it is first shown. @param workers as many as the device has cores for */
export function newForm(recipe: RecipeFacts, workers: 1 | 2, data: DataChoice = NO_DATA): TrainForm {
  const first = (path: string) => firstValue(recipe, path);
  return {
    recipe: recipe.name,
    seed: first("seed"),
    steps: first("steps"),
    workers,
    compute: "auto",
    stopAt: isRightShare(recipe.measure) ? "99.5" : "",
    probes: PROBES[recipe.name] ?? [],
    areProbesOwn: false,
    settings: defaultSettings(recipe),
    data,
  };
}

/** The fields whose values cannot be, with the limits that they break. */
export type Faults = Readonly<Record<string, SettingLimits>>;

/** A share, as it is typed. */
export const PERCENT: SettingLimits = { type: "number", minimum: 1, maximum: 100 };

/** What is wrong with a form, by field; empty where nothing is. */
export function faultsOf(form: TrainForm, { limits, fromData }: RecipeFacts): Faults {
  const given: Record<string, string> = { seed: form.seed, steps: form.steps, ...form.settings };
  const faults = Object.entries(given).flatMap(([path, text]): [string, SettingLimits][] => {
    const own = text === "" && fromData.includes(path) ? undefined : limits[path];
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

/** A form without faults as a request; settings that are the recipe's own, or that the data decides, are left out. */
export function requestOf(form: TrainForm, recipe: RecipeFacts): TrainingRequest {
  const { settings, fromData } = recipe;
  const changed = Object.entries(form.settings).filter(([path, value]) => {
    return fromData.includes(path) ? value !== "" : value !== String(settings[path]);
  });
  return {
    recipe: form.recipe,
    settings: Object.fromEntries(changed),
    seed: Number(form.seed),
    ...(form.steps === "" ? {} : { steps: Number(form.steps) }),
    workers: form.workers,
    compute: form.compute,
    ...(needsData(recipe) ? { files: filesOf(form.data) } : {}),
    probes: form.probes.map((text) => text.trim()).filter((text) => text !== ""),
    stopAt: form.stopAt === "" ? undefined : Number(form.stopAt) / 100,
    resume: false,
  };
}
