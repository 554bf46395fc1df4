import { ModelError } from "../../tensor/errors.ts";
import { repeatedKey } from "../repeated-key.ts";
import type { BytePair } from "./byte-pairs.ts";
import { SPECIAL_TOKENS } from "./special-tokens.ts";
import {
  CONTINUATION,
  LONGEST_TOKEN,
  MOST_TOKENS,
  type TokenizerForm,
  type TokenLevel,
  tokenizerFiles,
} from "./tokenizer-json.ts";
import { codePointLength } from "./vocabulary.ts";

/** A tokenizer's files: their bytes or texts, or what `TokenizerLearner` gave. */
export interface TokenizerSources {
  readonly tokenizer: Uint8Array | string | object;
  /** Not needed to encode and decode; where it is given, it must be ours. */
  readonly config?: Uint8Array | string | object | undefined;
  /** For messages. @default "tokenizer.json" */
  readonly tokenizerName?: string;
  /** For messages. @default "tokenizer_config.json" */
  readonly configName?: string;
}

/** Longest file in bytes or UTF-16 units. */
const LONGEST_FILE = 2 ** 27;

const LEVELS: readonly TokenLevel[] = ["character", "word", "byte-pair"];

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * What a tokenizer's files say. They may come from strangers: only the forms that `tokenizerFiles` writes are taken, with no other
 * expressions to match, and nothing that another package would understand in another way.
 *
 * @throws ModelError for anything else
 */
export function readTokenizerFiles(sources: TokenizerSources): TokenizerForm {
  const { tokenizerName = "tokenizer.json", configName = "tokenizer_config.json" } = sources;
  const tokenizer = parse(sources.tokenizer, tokenizerName);
  const form = readForm(tokenizer, (what) => fail(tokenizerName, what));
  const expected = tokenizerFiles({ ...form, vocabulary: [], merges: [] });
  const different = firstDifference(withoutModelLists(tokenizer), withoutModelLists(expected.tokenizer), "");
  if (different !== undefined) fail(tokenizerName, `something else at ${different || "its root"}`);
  if (sources.config !== undefined) {
    const differentConfig = firstDifference(parse(sources.config, configName), expected.config, "");
    if (differentConfig !== undefined) fail(configName, `something else at ${differentConfig || "its root"}`);
  }
  return form;
}

function fail(file: string, found: string): never {
  throw new ModelError(`model: expected ${file} to be a tokenizer that Fovea writes but found ${found}`);
}

function parse(source: Uint8Array | string | object, file: string): unknown {
  if (typeof source !== "string" && !(source instanceof Uint8Array)) return source;
  if (source.length > LONGEST_FILE) fail(file, `more than ${LONGEST_FILE} bytes`);
  const text = typeof source === "string" ? source : decodeUtf8(source, file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    fail(file, "text that is no JSON");
  }
  const key = repeatedKey(text);
  if (key !== undefined) fail(file, `the key ${JSON.stringify(key)} twice`);
  return json;
}

function decodeUtf8(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail(file, "bytes that are no UTF-8");
  }
}

function readForm(tokenizer: unknown, refuse: (found: string) => never): TokenizerForm {
  const { model, pre_tokenizer, normalizer } = isObject(tokenizer) ? tokenizer : {};
  if (!isObject(model)) return refuse("no model");
  const level = LEVELS.find((each) => {
    const expected = tokenizerFiles({ level: each, lowercase: false, vocabulary: [], merges: [] })
      .tokenizer as JsonObject;
    const { type } = expected.model as JsonObject;
    return type === model.type && firstDifference(pre_tokenizer, expected.pre_tokenizer, "") === undefined;
  });
  if (!level) return refuse("another model or pre_tokenizer");
  const { normalizers } = isObject(normalizer) ? normalizer : {};
  const lowercase =
    Array.isArray(normalizers) && normalizers.some((each) => isObject(each) && each.type === "Lowercase");
  const vocabulary = readVocabulary(model.vocab, level, refuse);
  return { level, lowercase, vocabulary, merges: readMerges(model.merges, vocabulary, { level, refuse }) };
}

function readVocabulary(vocab: unknown, level: TokenLevel, refuse: (found: string) => never): string[] {
  if (!isObject(vocab)) return refuse("no vocabulary");
  const entries = Object.entries(vocab);
  if (entries.length > MOST_TOKENS) refuse(`${entries.length} tokens, more than ${MOST_TOKENS}`);
  const vocabulary = new Array<string>(entries.length);
  for (const [token, id] of entries) {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= entries.length) {
      refuse(`${JSON.stringify(id)} as the id of ${shown(token)}, of ${entries.length} tokens`);
    }
    const before = vocabulary[id as number];
    if (before !== undefined) refuse(`the id ${id} for both ${shown(before)} and ${shown(token)}`);
    vocabulary[id as number] = token;
  }
  for (const [id, special] of SPECIAL_TOKENS.entries()) {
    if (vocabulary[id] !== special) refuse(`${shown(vocabulary[id])} as token ${id} instead of ${special}`);
  }
  for (const token of vocabulary.slice(SPECIAL_TOKENS.length)) {
    if (!mayBeToken(token, level)) refuse(`the token ${shown(token)}`);
  }
  return vocabulary;
}

function mayBeToken(token: string, level: TokenLevel): boolean {
  const length = codePointLength(token);
  const longest = level === "character" ? 1 : LONGEST_TOKEN;
  return length > 0 && length <= longest && !(level === "word" && token.startsWith(CONTINUATION));
}

function readMerges(
  merges: unknown,
  vocabulary: readonly string[],
  { level, refuse }: { level: TokenLevel; refuse: (found: string) => never },
): BytePair[] {
  if (level === "word" && merges === undefined) return [];
  if (!Array.isArray(merges)) return refuse("no merges");
  const most = level === "byte-pair" ? vocabulary.length : 0;
  if (merges.length > most) refuse(`${merges.length} merges, more than ${most}`);
  const known = new Set(vocabulary.slice(SPECIAL_TOKENS.length));
  const pairs = new Set<string>();
  for (const [index, pair] of merges.entries()) {
    const isPair =
      Array.isArray(pair) && pair.length === 2 && [...pair, pair.join("")].every((each) => known.has(each));
    const name = isPair ? JSON.stringify(pair) : "";
    if (!isPair || pairs.has(name)) refuse(`something else at model.merges[${index}]`);
    pairs.add(name);
  }
  return merges as BytePair[];
}

function shown(token: string | undefined): string {
  if (token === undefined) return "nothing";
  const characters = [...token];
  return JSON.stringify(characters.length > 32 ? `${characters.slice(0, 32).join("")}…` : token);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A tokenizer with neither its tokens nor its merges, which differ from one to another. */
function withoutModelLists(tokenizer: unknown): JsonObject {
  const { model, ...others } = tokenizer as { model: JsonObject };
  const { vocab: _vocab, merges: _merges, ...rest } = model;
  return { ...others, model: rest };
}

/** The path to the first place where two JSON values differ; undefined: they are equal. The order of keys says nothing. */
function firstDifference(found: unknown, expected: unknown, path: string): string | undefined {
  if (Array.isArray(expected) && Array.isArray(found)) {
    const longer = found.length > expected.length ? found : expected;
    return first(longer, (_, i) => firstDifference(found[i], expected[i], `${path}[${i}]`));
  }
  if (isObject(expected) && isObject(found)) {
    const keys = [...Object.keys(expected), ...Object.keys(found)];
    const value = (of: JsonObject, key: string) => (Object.hasOwn(of, key) ? of[key] : undefined);
    return first(keys, (key) =>
      firstDifference(value(found, key), value(expected, key), path ? `${path}.${key}` : key),
    );
  }
  return found === expected ? undefined : path;
}

function first<T>(items: readonly T[], look: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
