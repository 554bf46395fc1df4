import type { DataEvent, WarningEvent } from "../events.ts";
import type { TextData } from "./data.ts";
import type { OpenFiles } from "./files.ts";

export interface DataFacts {
  readonly files: OpenFiles;
  readonly data: TextData;
  /** Examples that are short enough to be learnt from. */
  readonly taken: number;
  readonly validationTaken: number;
  /** Tokens of each vocabulary. */
  readonly vocabulary: Readonly<Record<string, number>>;
  readonly settings: { readonly sourceLen: number; readonly targetLen?: number };
}

const number = (value: number) => value.toLocaleString("en");

/** What there is to say of the data before the first step: how much of it there is, and what is wrong with it. */
export function dataNotes(facts: DataFacts): (DataEvent | WarningEvent)[] {
  const { files, data, taken, validationTaken, vocabulary, settings } = facts;
  const bad = [...files.bad.values()].reduce((sum, { places }) => sum + places.size, 0);
  const warnings: string[] = [];
  for (const [file, { places, first }] of files.bad) {
    const records = places.size === 1 ? "record of" : "records of";
    warnings.push(`${number(places.size)} bad ${records} ${file} left out; the first: ${first[0]}`);
  }
  const limits = `${settings.sourceLen}${settings.targetLen === undefined ? "" : ` and ${settings.targetLen}`} tokens`;
  const long = { training: data.train.count - taken, validation: data.validation.length - validationTaken };
  const all = { training: data.train.count, validation: data.validation.length };
  for (const split of ["training", "validation"] as const) {
    if (long[split] === 0) continue;
    const found = `${number(long[split])} of ${number(all[split])} ${split} examples`;
    warnings.push(`${found} left out, longer than ${limits}`);
  }
  for (const [split, count] of Object.entries(data.shared)) {
    if (count === 0) continue;
    const [texts, them] = count === 1 ? ["text is", "it"] : ["texts are", "them"];
    const found = `${number(count)} ${split} ${texts} in the training data, too`;
    warnings.push(`${found}: what is measured on ${them} is too good`);
  }
  const event: DataEvent = {
    type: "data",
    files: [files.train, files.validation, files.test].flatMap((file) => (file ? [file.name] : [])),
    train: taken,
    validation: validationTaken,
    test: data.test.length,
    leftOut: bad + long.training + long.validation,
    vocabulary,
  };
  return [event, ...warnings.map((message): WarningEvent => ({ type: "warning", message }))];
}
