/** What someone has chosen to train on, as data. */
import type { TrainingFiles } from "fovea/tasks";
import type { Data, DataPreview, RecipeFacts } from "../../worker/api.ts";

/** A file of the reader's, or a table that the page has made. */
export interface DataFile {
  readonly name: string;
  readonly blob: Blob;
}

export type DataPart = "train" | "validation" | "test";

export interface DataChoice {
  /** One table, or plain-text files side by side. */
  readonly train: readonly DataFile[];
  /** Empty: split off from `train`. */
  readonly validation: readonly DataFile[];
  readonly test: readonly DataFile[];
  /** Columns by role, where the reader has said which; names of a header, or numbers. */
  readonly columns: Readonly<Record<string, string>>;
  readonly skipBad: boolean;
  /** The generator that has made it. */
  readonly sample?: string | undefined;
}

export const NO_DATA: DataChoice = { train: [], validation: [], test: [], columns: {}, skipBad: false };

const PARTS: readonly DataPart[] = ["train", "validation", "test"];

/** The files with a name of their own each: messages are to say which one they are about. */
function named(choice: DataChoice): Readonly<Record<DataPart, readonly DataFile[]>> {
  const taken = new Set<string>();
  const filesOfPart = (part: DataPart) =>
    choice[part].map(({ name, blob }) => {
      let own = name;
      while (taken.has(own)) own = `${part}/${own}`;
      taken.add(own);
      return { name: own, blob };
    });
  return { train: filesOfPart("train"), validation: filesOfPart("validation"), test: filesOfPart("test") };
}

/** The choice as a recipe takes it. */
export function filesOf(choice: DataChoice): TrainingFiles {
  const files = named(choice);
  const names = (part: DataPart) => files[part].map(({ name }) => name);
  return {
    train: names("train"),
    ...(choice.validation.length > 0 ? { validation: names("validation") } : {}),
    ...(choice.test.length > 0 ? { test: names("test") } : {}),
    ...(Object.keys(choice.columns).length > 0 ? { columns: choice.columns } : {}),
    ...(choice.skipBad ? { skipBad: true } : {}),
  };
}

/** The files themselves, by the names that `filesOf` gives. */
export function dataOf(choice: DataChoice): Data {
  const files = named(choice);
  return new Map(PARTS.flatMap((part) => files[part].map(({ name, blob }) => [name, blob] as const)));
}

/** Roles that every record has. */
export function neededRoles({ roles }: Pick<RecipeFacts, "roles">): readonly string[] {
  return roles.filter(({ optional }) => !optional).map(({ name }) => name);
}

const isNumber = (column: string) => /^[1-9]\d*$/.test(column);

/** The columns after one was said. All are told by name, or all by number: what does not go with the new one is forgotten. */
export function withColumn(
  columns: DataChoice["columns"],
  role: string,
  column: string | undefined,
): DataChoice["columns"] {
  const others = Object.entries(columns).filter(([name, other]) => {
    return name !== role && (column === undefined || isNumber(other) === isNumber(column));
  });
  return Object.fromEntries(column === undefined ? others : [...others, [role, column]]);
}

const PROBES = 3;
/** Longer texts make small pictures. */
const HANDY = 80;

/** Texts to watch: the first of the data, short ones rather than long ones. */
export function probesFrom({ rows }: Pick<DataPreview, "rows">, role: string): string[] {
  const texts = [...new Set(rows.flatMap((row) => row[role] ?? []))];
  const short = texts.filter((text) => [...text].length <= HANDY);
  const long = texts.filter((text) => !short.includes(text)).sort((a, b) => a.length - b.length);
  return [...short, ...long].slice(0, PROBES);
}

/** Files that can be data, by their names; models are none. */
export function isData(name: string): boolean {
  return !/\.(zip|onnx|json|safetensors|html|md|png|svg)$/i.test(name);
}

/** Generators of example data that fit a recipe. */
export const SAMPLES: Readonly<Record<string, readonly string[]>> = {
  transduce: ["times", "amounts", "foreign-dates"],
  dialogue: ["questions"],
};
