import type { ExampleFiles, RawExample } from "../../data/text/index.ts";
import { DataError } from "../../tensor/errors.ts";
import { Rng } from "../../tensor/random.ts";
import { type Encode, ExampleSet } from "./example-set.ts";
import { Fingerprint, hashText, shareOf } from "./hash.ts";

/** The files of a training. What is not there is split off from the training data. */
export interface DataFiles {
  readonly train: ExampleFiles;
  readonly validation?: ExampleFiles | undefined;
  readonly test?: ExampleFiles | undefined;
}

/** How a recipe makes numbers of its examples: it sees those it may learn from, then gives the way. */
export interface Vocabulary {
  add(fields: Readonly<Record<string, string>>): void;
  /** @throws DataError for too little to learn from */
  finish(): Encode;
}

export interface TextDataOptions {
  /** Stands in front of messages. */
  readonly owner: string;
  readonly files: DataFiles;
  readonly vocabulary: Vocabulary;
  /** The text that decides what an example is split by, and is a duplicate by: those of one text stay together. */
  readonly splitBy: (fields: Readonly<Record<string, string>>) => string;
  readonly seed: number;
  /** Most examples that are kept for validation, and for the test; drawn evenly where there are more. */
  readonly validationCount: number;
  readonly testCount: number;
  /** Files up to so many bytes are held in memory, encoded. @default 256 MiB */
  readonly inMemoryBytes?: number;
}

/** The examples of a training. */
export interface TextData {
  readonly train: ExampleSet;
  readonly validation: readonly RawExample[];
  readonly test: readonly RawExample[];
  /** Whether the files are the same as another time. */
  readonly fingerprint: string;
  /** How many different sources of held-out examples occur in training, too. */
  readonly shared: { readonly validation: number; readonly test: number };
}

/** The share of the data that is split off, where there are no files for it. */
const HELD_OUT = 0.05;
const IN_MEMORY_BYTES = 256 * 2 ** 20;
/** Of a file up to this size exactly that share is split off, and one text at least: by chance there might be none. */
const SMALL_BYTES = 2 ** 20;

/** Reads the data of a training: twice through the training file, holding no more than one example of a large one. */
export async function readTextData(options: TextDataOptions): Promise<TextData> {
  const { owner, files, vocabulary, splitBy, inMemoryBytes = IN_MEMORY_BYTES } = options;
  const heldOut = new HeldOut(options);
  const fingerprint = new Fingerprint();
  for (const split of ["validation", "test"] as const) {
    const given = files[split];
    if (!given) continue;
    for await (const example of given.examples()) {
      fingerprint.add(example.fields, split);
      heldOut.add(split, example);
    }
    heldOut.remember(split);
  }
  if (files.train.size <= SMALL_BYTES) await heldOut.shareOut(files.train);
  let count = 0;
  for await (const example of files.train.examples()) {
    fingerprint.add(example.fields);
    const split = heldOut.splitOf(example);
    if (split !== "train") {
      heldOut.add(split, example);
      continue;
    }
    heldOut.compare(splitBy(example.fields));
    vocabulary.add(example.fields);
    count++;
  }
  const { validation, test } = heldOut;
  if (count === 0 || validation.length === 0) {
    const found = `${count} for training and ${validation.length} for validation`;
    throw new DataError(`${owner}: expected examples in ${files.train.name} but found ${found}; give more of them`, {
      file: files.train.name,
    });
  }
  const train = new ExampleSet(files.train, {
    encode: vocabulary.finish(),
    inMemory: files.train.size <= inMemoryBytes,
  });
  for await (const example of files.train.examples()) {
    if (heldOut.splitOf(example) === "train") train.add(example);
  }
  return { train, validation, test, fingerprint: fingerprint.text, shared: heldOut.shared };
}

type Split = "train" | "validation" | "test";

/** Examples that are not learnt from. */
class HeldOut {
  readonly validation: RawExample[] = [];
  readonly test: RawExample[] = [];
  readonly #options: TextDataOptions;
  readonly #seen = { validation: 0, test: 0 };
  readonly #hashes = { validation: new Set<number>(), test: new Set<number>() };
  readonly #shared = { validation: new Set<number>(), test: new Set<number>() };
  /** Texts of lower shares than these belong to the test, else to validation. */
  #bounds = { test: HELD_OUT, validation: 2 * HELD_OUT };

  constructor(options: TextDataOptions) {
    this.#options = options;
  }

  /** Sets the bounds by the texts that there are. @throws DataError for too few of them */
  async shareOut(train: ExampleFiles): Promise<void> {
    const { files, splitBy, owner } = this.#options;
    const found = new Set<number>();
    for await (const { fields } of train.examples()) found.add(shareOf(splitBy(fields)));
    const least = 1 + (files.validation ? 0 : 1) + (files.test ? 0 : 1);
    if (found.size < least) {
      throw new DataError(
        `${owner}: expected at least ${least} different texts in ${train.name}, to learn from and to hold out, but found ${found.size}; give more of them`,
        { file: train.name },
      );
    }
    const shares = [...found].sort((a, b) => a - b);
    const count = Math.max(1, Math.round(HELD_OUT * shares.length));
    this.#bounds = { test: shares[count] ?? 1, validation: shares[2 * count] ?? 1 };
  }

  /** How many different sources of each occur in training. */
  get shared(): TextData["shared"] {
    return { validation: this.#shared.validation.size, test: this.#shared.test.size };
  }

  /** Where an example of the training file belongs: a function of its text, and of the bounds. */
  splitOf({ fields }: RawExample): Split {
    const share = shareOf(this.#options.splitBy(fields));
    const { files } = this.#options;
    if (share < this.#bounds.test) return files.test ? "train" : "test";
    return !files.validation && share < this.#bounds.validation ? "validation" : "train";
  }

  /** Takes an example in; of more than are wanted, each is kept with the same probability (Vitter 1985, algorithm R). */
  add(split: "validation" | "test", example: RawExample): void {
    const { validationCount, testCount, seed } = this.#options;
    const most = split === "test" ? testCount : validationCount;
    const kept = this[split];
    const place = this.#seen[split]++;
    if (kept.length < most) {
      kept.push(example);
      return;
    }
    const other = new Rng(seed, split).at(place).integer(place + 1);
    if (other < most) kept[other] = example;
  }

  /** Watches for the sources of a part: one that was split off by its sources need not. */
  remember(split: "validation" | "test"): void {
    for (const { fields } of this[split]) this.#hashes[split].add(hashText(this.#options.splitBy(fields)));
  }

  /** Notes whether a source that is learnt from is one of these. */
  compare(source: string): void {
    const hash = hashText(source);
    for (const split of ["validation", "test"] as const) {
      if (this.#hashes[split].has(hash)) this.#shared[split].add(hash);
    }
  }
}
