import * as z from "zod/mini";
import { type ByteSource, openExamples, type Role } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import type { TrainingFiles, TrainOptions } from "../recipe.ts";
import type { DataFiles } from "./data.ts";

/** The files of a training, opened, and how many bad records were left out of each so far. */
export interface OpenFiles extends DataFiles {
  readonly bad: ReadonlyMap<string, BadRecords>;
  close(): Promise<void>;
}

export interface BadRecords {
  /** Whole messages, the first few. */
  readonly first: readonly string[];
  /** By place, so that a second reading counts none twice. */
  readonly places: ReadonlySet<string>;
}

/** So many messages of bad records are kept. */
const KEPT = 3;

/**
 * Opens the files of a training.
 *
 * @throws DataError without files, and for one that cannot be read
 */
export async function openFiles(
  owner: string,
  roles: readonly Role[],
  { files, openSource }: Pick<TrainOptions, "openSource"> & { files: TrainingFiles | undefined },
): Promise<OpenFiles> {
  if (!files || files.train.length === 0 || !openSource) {
    const names = roles.filter(({ optional }) => !optional).map(({ name }) => name);
    throw new DataError(
      `${owner}: expected a file of ${names.join(" and ")} but found none; give one with --data, as ${owner}.tsv`,
    );
  }
  const bad = new Map<string, { first: string[]; places: Set<string> }>();
  const note = (error: DataError) => {
    const file = error.file ?? "";
    const known = bad.get(file) ?? { first: [], places: new Set() };
    bad.set(file, known);
    const place = `${error.line}:${error.column}`;
    if (!known.places.has(place) && known.first.length < KEPT) known.first.push(error.message);
    known.places.add(place);
  };
  const opened: ByteSource[] = [];
  const close = async () => {
    await Promise.all(opened.map((source) => source.close()));
  };
  const open = async (names: readonly string[]) => {
    const sources: ByteSource[] = [];
    for (const name of names) {
      const source = await openSource(name);
      opened.push(source);
      sources.push(source);
    }
    const options = { owner, roles, columns: files.columns ?? {}, ...(files.skipBad ? { onBad: note } : {}) };
    return openExamples(sources, options);
  };
  try {
    const train = await open(files.train);
    const validation = files.validation && (await open(files.validation));
    const test = files.test && (await open(files.test));
    return { train, validation, test, bad, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a checkpoint keeps of the files. */
export interface KnownFiles {
  readonly files: TrainingFiles;
  readonly fingerprint: string;
}

const names: z.ZodMiniType<string[]> = z.array(z.string());

const schema: z.ZodMiniType<KnownFiles> = z.object({
  files: z.object({
    train: names,
    validation: z.optional(names),
    test: z.optional(names),
    columns: z.optional(z.record(z.string(), z.string())),
    skipBad: z.optional(z.boolean()),
  }),
  fingerprint: z.string(),
}) as z.ZodMiniType<KnownFiles>;

/** What a checkpoint tells of its files; undefined where it does not. */
export function readKnownFiles(data: unknown): KnownFiles | undefined {
  return schema.safeParse(data).data;
}
