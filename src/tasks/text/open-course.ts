import type { Role } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import type { TrainingFiles, TrainOptions } from "../recipe.ts";
import type { Progress } from "../run-progress.ts";
import type { RunSettings } from "../run-settings.ts";
import type { Course } from "../training-run.ts";
import { readTextData, type TextData, type Vocabulary } from "./data.ts";
import { type KnownFiles, type OpenFiles, openFiles, readKnownFiles } from "./files.ts";

/** What a course is made of once its data is read. */
export interface TextCourseParts<S, V> {
  readonly settings: S;
  readonly files: OpenFiles;
  readonly data: TextData;
  readonly vocabulary: V;
  /** What a checkpoint keeps of the files. */
  readonly kept: KnownFiles;
}

/** What is known of the data before the settings are settled. */
export interface TextFacts {
  /** Examples to learn from. */
  readonly count: number;
  /** Tokens of each, the end included. */
  readonly source: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  /** Steps that were asked for. */
  readonly steps?: number | undefined;
}

export interface TextCourseOptions<S extends RunSettings & { readonly testCount: number }, V extends Vocabulary> {
  readonly task: string;
  readonly roles: readonly Role[];
  readonly splitBy: (fields: Readonly<Record<string, string>>) => string;
  readonly options: TrainOptions;
  /** What a checkpoint tells, where training goes on from one. */
  readonly known: Progress<S> | undefined;
  /** The settings before the data is known: what the vocabulary needs does not depend on it. */
  readonly first: S;
  readonly vocabulary: (settings: S, file: string) => V;
  /** The settings for the data. */
  readonly settle: (facts: TextFacts) => S;
  readonly create: (parts: TextCourseParts<S, V>) => Course<S>;
}

/**
 * Opens the files of a training, reads them, and settles what depends on them.
 *
 * @throws DataError for files that cannot be read, that hold too little, or that are no longer those that a training began with
 */
export async function openTextCourse<S extends RunSettings & { readonly testCount: number }, V extends Vocabulary>({
  task,
  roles,
  options,
  known,
  ...course
}: TextCourseOptions<S, V>): Promise<Course<S>> {
  const before = known && readKnownFiles(known.data);
  const given = options.files ?? before?.files;
  const files = await openFiles(task, roles, { files: given, openSource: options.openSource });
  try {
    const first = known?.settings ?? course.first;
    const vocabulary = course.vocabulary(first, files.train.name);
    const { seed, validationCount, testCount } = first;
    const held = { seed, validationCount, testCount };
    const data = await readTextData({ owner: task, files, vocabulary, splitBy: course.splitBy, ...held });
    if (before && before.fingerprint !== data.fingerprint) {
      throw new DataError(
        `resume: expected ${files.train.name} to be as it was when the run began but found it changed; train anew, without --resume`,
        { file: files.train.name },
      );
    }
    const settings =
      known?.settings ?? course.settle({ count: data.train.count, ...data.train.lengths, steps: stepsOf(options) });
    const kept = { files: given as TrainingFiles, fingerprint: data.fingerprint };
    return course.create({ settings, files, data, vocabulary, kept });
  } catch (error) {
    await files.close();
    throw error;
  }
}

function stepsOf({ steps, settings }: TrainOptions): number | undefined {
  const given = steps ?? (settings?.steps === undefined ? undefined : Number(settings.steps));
  return given !== undefined && given >= 1 ? given : undefined;
}
