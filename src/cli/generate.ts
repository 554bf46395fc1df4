import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { distinctExamples, GENERATORS, type Generator } from "../data/generators/index.ts";
import { makeFolder } from "../data/node-folder.ts";
import { DataError } from "../tensor/errors.ts";
import type { Context } from "./context.ts";
import { didYouMean } from "./did-you-mean.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type GENERATE_SPLITS, PAIR_FORMATS, type PairFormat, pairWriter } from "./generate-format.ts";
import { alternatives, quoted } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

export interface GenerateOptions {
  readonly count: number;
  readonly seed: number;
  readonly split: (typeof GENERATE_SPLITS)[number];
  /** Default: as the name of `out` ends, else `tsv`. */
  readonly format?: PairFormat;
  /** A file that is not there yet. */
  readonly out?: string;
}

/** Writes examples of a generator to standard output, or into a new file. */
export async function generate(name: string, options: GenerateOptions, context: Context): Promise<ExitCode> {
  const generator = generatorNamed(name);
  const { out } = options;
  if (out !== undefined) return generateFile(generator, { ...options, out }, context);
  for (const block of textBlocks(generator, options)) {
    await context.stdout.write(block);
    if (context.stdout.closed) break;
  }
  return EXIT.done;
}

/** @throws UsageError for a generator that is not there */
function generatorNamed(name: string): Generator {
  const found = GENERATORS.find((generator) => generator.name === name);
  if (found) return found;
  const names = GENERATORS.map((generator) => generator.name);
  throw new UsageError(
    `generate: expected a generator (${alternatives(names)}) but found ${quoted(name)}${didYouMean(name, names)}`,
  );
}

function formatOf({ format, out = "" }: GenerateOptions): PairFormat {
  const ending = extname(out).toLowerCase().slice(1);
  return format ?? PAIR_FORMATS.find((known) => known === ending) ?? "tsv";
}

const LINES_OF_BLOCK = 1000;

/**
 * The text of the file, a thousand lines at a time.
 *
 * @throws UsageError at its end, where the generator has fewer texts than are asked for
 */
export function* textBlocks(generator: Generator, options: GenerateOptions): IterableIterator<string> {
  const { count, seed, split } = options;
  const isGrouped = generator.example({ seed, index: 0 }).group !== undefined;
  const writer = pairWriter(formatOf(options), { columns: generator.columns, isGrouped });
  let text = writer.header;
  let written = 0;
  for (const example of distinctExamples(generator, { seed, count, ...(split === "all" ? {} : { split }) })) {
    text += writer.line(example);
    written++;
    if (written % LINES_OF_BLOCK !== 0) continue;
    yield text;
    text = "";
  }
  yield text;
  if (written < count) {
    const what = split === "all" ? generator.name : `${generator.name} (split ${split})`;
    throw new UsageError(
      `generate: expected ${count} different examples of ${what} but found ${written}; lower --count`,
    );
  }
}

/** Into a new file; what cannot be finished is taken away again. */
async function generateFile(
  generator: Generator,
  options: GenerateOptions & { readonly out: string },
  context: Context,
): Promise<ExitCode> {
  const { out, count } = options;
  const file = resolve(context.cwd, out);
  const handle = await openNew(file, out);
  const signal = context.interruption();
  let isDone = false;
  try {
    for (const block of textBlocks(generator, options)) {
      // A turn of the event loop, in which a signal is heard.
      await handle.writeFile(block).catch((error: NodeJS.ErrnoException) => fail(out, error));
      if (signal.aborted) break;
    }
    isDone = !signal.aborted;
  } finally {
    await handle.close();
    if (!isDone) await rm(file, { force: true });
  }
  await context.stderr.line(
    isDone
      ? `Written to ${out}: ${count} ${count === 1 ? "example" : "examples"}`
      : `fovea: generate: interrupted; ${out} is not written`,
  );
  return isDone ? EXIT.done : EXIT.interrupted;
}

async function openNew(file: string, name: string): Promise<FileHandle> {
  try {
    await makeFolder(dirname(file));
    return await open(file, "wx");
  } catch (error) {
    return fail(name, error as NodeJS.ErrnoException);
  }
}

/** @throws DataError */
function fail(name: string, error: NodeJS.ErrnoException): never {
  const faults: Readonly<Record<string, string>> = {
    EEXIST: "one that is there already",
    EISDIR: "a folder",
    ENOTDIR: "a file in the place of its folder",
    EACCES: "no permission to write there",
    EPERM: "no permission to write there",
    EROFS: "a file system that is read-only",
    ENOSPC: "the disk full",
  };
  const found = faults[error.code ?? ""] ?? error.message;
  throw new DataError(`generate: expected to write a new file at ${name} but found ${found}; name another with --out`, {
    file: name,
  });
}
