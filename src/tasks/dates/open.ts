import { type Alphabet, alphabetFrom, encodeText, MAX_INPUT } from "../../data/dates/index.ts";
import type { Folder } from "../../data/folder.ts";
import type { Backend } from "../../runtime/backend.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import type { Change, Explanation, LabelledText, Prediction, RejectedText, TestEvent } from "../events.ts";
import { need, type Part } from "../model-json.ts";
import type { OnnxFile } from "../onnx-file.ts";
import type { OpenModel } from "../recipe.ts";
import { share } from "../statistics.ts";
import { inChunks } from "../text-chunks.ts";
import { ChangedReading } from "./change.ts";
import { type DateConfig, METADATA, readConfig, readVocabulary } from "./config.ts";
import { explanations } from "./explain.ts";
import { testDates } from "./folder.ts";
import { DATE_MEASURES } from "./measure.ts";
import { loadNetwork } from "./network.ts";
import { DateReader, READ_AT_ONCE } from "./reader.ts";

const NETWORK = "onnx/model.onnx";

type Texts = Parameters<OpenModel["predict"]>[0];

/** Opens a folder that the dates recipe has written. @throws ModelError when a file is missing, damaged or foreign */
export async function openDates(folder: Folder, config: Uint8Array, backend: Backend): Promise<OpenModel> {
  const known = readConfig({ file: `${folder.path}/config.json`, bytes: config });
  const symbols = readSymbols(known, await need(folder, "vocab.json"));
  return openNetwork(await need(folder, NETWORK), { path: folder.path, config: known, symbols, backend });
}

/**
 * Opens an ONNX file that the dates recipe has written, on its own: what the folder's other files say is in its metadata.
 *
 * @throws ModelError when it is damaged or foreign
 */
export async function openDatesFile({ file, bytes, metadata }: OnnxFile, backend: Backend): Promise<OpenModel> {
  const text = (key: string): Part => {
    const found = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    if (found !== undefined) return { file: `${file} (${key})`, bytes: new TextEncoder().encode(found) };
    throw new ModelError(`model: expected ${file} to have ${key} in its metadata but found none; export it again`);
  };
  const config = readConfig(text(METADATA.config));
  const symbols = readSymbols(config, text(METADATA.vocabulary));
  return openNetwork({ file, bytes }, { path: file, config, symbols, backend });
}

interface Symbols {
  readonly alphabet: Alphabet;
  readonly output: readonly string[];
}

async function openNetwork(
  { file, bytes }: Part,
  { path, config, symbols, backend }: { path: string; config: DateConfig; symbols: Symbols; backend: Backend },
): Promise<OpenModel> {
  const { session, graph } = await loadNetwork(bytes, { file, symbols: symbols.output.length, backend });
  const reader = new DateReader(session, symbols.alphabet, symbols.output);
  return new OpenDates({ path, config, reader, changed: new ChangedReading(graph, backend) });
}

function readSymbols({ model }: DateConfig, vocabulary: Part): Symbols {
  const { input, output } = readVocabulary(vocabulary);
  if (output.length !== model.outputVocabulary || input.length !== model.vocabulary) {
    throw new ModelError(
      `model: expected ${vocabulary.file} to hold ${model.vocabulary} and ${model.outputVocabulary} symbols but found ${input.length} and ${output.length}`,
    );
  }
  return { alphabet: readAlphabet(vocabulary.file, input), output };
}

function readAlphabet(file: string, symbols: readonly string[]): Alphabet {
  try {
    return alphabetFrom(symbols);
  } catch (error) {
    const found = (error as Error).message;
    throw new ModelError(`model: expected ${file} to hold an alphabet but found: ${found}`);
  }
}

interface OpenParts {
  readonly path: string;
  readonly config: DateConfig;
  readonly reader: DateReader;
  readonly changed: ChangedReading;
}

class OpenDates implements OpenModel {
  readonly task = "dates";
  readonly measures = DATE_MEASURES;
  readonly path: string;
  readonly #config: DateConfig;
  readonly #reader: DateReader;
  readonly #changed: ChangedReading;

  constructor({ path, config, reader, changed }: OpenParts) {
    this.path = path;
    this.#config = config;
    this.#reader = reader;
    this.#changed = changed;
  }

  async *predict(texts: Texts): AsyncGenerator<Prediction | RejectedText, void> {
    for await (const part of inChunks(texts, READ_AT_ONCE)) {
      const checked = part.map((text) => (typeof text === "string" ? this.#check(text) : text));
      const accepted = checked.filter((text) => typeof text === "string");
      const readings = accepted.length > 0 ? await this.#reader.read(accepted) : undefined;
      const answers = readings ? this.#reader.answers(accepted, readings, this.#config.calibration) : [];
      let next = 0;
      for (const text of checked) yield typeof text === "string" ? (answers[next++] as Prediction) : text;
    }
  }

  async explain(text: string, change: Change = {}): Promise<Explanation> {
    const readings = await this.#changed.read(this.#reader, text, change);
    const { calibration } = this.#config;
    return explanations(this.#reader, [text], { readings, calibration })[0] as Explanation;
  }

  async *evaluate(options: Parameters<OpenModel["evaluate"]>[0] = {}): AsyncGenerator<TestEvent, void> {
    const { pairs, count = this.#config.training.testCount } = options;
    yield pairs
      ? await this.#measure(pairs)
      : await testDates(this.#reader, { calibration: this.#config.calibration, count });
  }

  async close(): Promise<void> {
    await this.#changed.release();
    await this.#reader.release();
  }

  async #measure(pairs: AsyncIterable<LabelledText>): Promise<TestEvent> {
    const expected: string[] = [];
    async function* texts(): AsyncGenerator<string, void> {
      for await (const pair of pairs) {
        requireDate(pair);
        expected.push(pair.expected);
        yield pair.text;
      }
    }
    const counts = { all: 0, right: 0, certain: 0, certainRight: 0, rejected: 0 };
    for await (const answer of this.predict(texts())) {
      const wanted = expected.shift();
      const hit = "output" in answer && answer.output === wanted ? 1 : 0;
      counts.all++;
      counts.right += hit;
      if (!("output" in answer)) counts.rejected++;
      else if (answer.certain) {
        counts.certain++;
        counts.certainRight += hit;
      }
    }
    if (counts.all === 0) throw new DataError("evaluate: expected pairs of text and date but found none");
    return {
      type: "test",
      overall: share("all", counts.right, counts.all),
      groups: [],
      metrics: {
        certainShare: counts.certain / counts.all,
        certainRight: counts.certain === 0 ? 0 : counts.certainRight / counts.certain,
      },
      rejected: counts.rejected,
    };
  }

  #check(text: string): string | RejectedText {
    try {
      encodeText(text, SCRATCH);
      return text;
    } catch (error) {
      if (error instanceof DataError) return { text, error: error.message };
      throw error;
    }
  }
}

/** @throws DataError for a right answer that is no `yyyy-mm-dd` */
function requireDate({ expected, place }: LabelledText): void {
  if (/^\d{4}-\d\d-\d\d$/.test(expected)) return;
  const where = place ? ` at ${place.file}:${place.line}:${place.column}` : "";
  throw new DataError(`evaluate: expected yyyy-mm-dd${where} but found ${JSON.stringify(expected)}`, place);
}

const SCRATCH = new Int32Array(MAX_INPUT);
