import { text } from "fovea/data";
import type { TrainingFiles } from "fovea/tasks";
import { DataError } from "fovea/tensor";
import type { DataPreview } from "./api.ts";

/** So many records are shown. */
const SHOWN = 20;
/** Files up to so many bytes are read to the end, so that what is wrong is known before the training begins. */
const READ_WHOLE = 16 * 2 ** 20;
/** Looks after so many records whether anyone still wants to know. */
const LOOK_EVERY = 2000;

export interface PreviewOptions {
  /** Stands in front of messages. */
  readonly owner: string;
  readonly roles: readonly text.Role[];
  readonly files: TrainingFiles;
  readonly open: (name: string) => Promise<text.ByteSource>;
  /** Whether nobody wants to know any more. */
  readonly isStale?: () => boolean;
}

/** The first records of the files of a training, as the recipe would read them, and what is wrong with the files. */
export async function previewData(options: PreviewOptions): Promise<DataPreview> {
  const { files } = options;
  const columns: string[] = [];
  const train = newCount();
  try {
    const [first, ...others] = await Promise.all(files.train.map(options.open));
    if (first && others.length === 0) columns.push(...(await text.readColumns(first)));
    await count(files.train, options, train);
    for (const names of [files.validation, files.test]) if (names) await count(names, options, newCount());
    return { ...train, columns };
  } catch (error) {
    if (!(error instanceof DataError || error instanceof RangeError)) throw error;
    return { ...train, count: undefined, columns, fault: error.message };
  }
}

interface Count {
  readonly rows: Readonly<Record<string, string>>[];
  count: number | undefined;
  bad: number;
}

const newCount = (): Count => ({ rows: [], count: undefined, bad: 0 });

/** Reads records of some files; what was found stands in `into`, even where one of them is bad. */
async function count(names: readonly string[], options: PreviewOptions, into: Count): Promise<void> {
  const { owner, roles, files, open, isStale } = options;
  const onBad = files.skipBad ? { onBad: () => void into.bad++ } : {};
  const sources = await Promise.all(names.map(open));
  const examples = await text.openExamples(sources, { owner, roles, columns: files.columns ?? {}, ...onBad });
  // Reading the header may have met bad records already.
  into.bad = 0;
  const isWhole = examples.size <= READ_WHOLE;
  let found = 0;
  for await (const { fields } of examples.examples()) {
    if (found < SHOWN) into.rows.push(fields);
    found++;
    if (found === SHOWN && !isWhole) return;
    if (found % LOOK_EVERY !== 0) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (isStale?.()) return;
  }
  into.count = found;
}
