import golden from "../../../test/goldens/fixtures/metrics.json" with { type: "json" };
import type { BleuOptions } from "./bleu.ts";
import type { ChrfOptions } from "./chrf.ts";
import type { RougeKind } from "./rouge.ts";

/** Options as the programs of reference name them. */
interface ReferenceOptions {
  readonly tokenize?: BleuOptions["tokenize"];
  readonly lowercase?: boolean;
  readonly smooth_method?: BleuOptions["smooth"];
  readonly smooth_value?: number;
  readonly effective_order?: boolean;
  readonly max_ngram_order?: number;
  readonly char_order?: number;
  readonly word_order?: number;
  readonly beta?: number;
  readonly whitespace?: boolean;
  readonly eps_smoothing?: boolean;
}

interface Case {
  readonly set: string;
  readonly options: ReferenceOptions;
  readonly signature: string;
  readonly score: number;
  /** Scores of single pairs. */
  readonly sentences: readonly number[];
}

interface BleuCase extends Case {
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

type Numbers = readonly [precision: number, recall: number, f: number];

interface ErrorCase {
  readonly set: string;
  readonly characters: readonly number[];
  readonly words: readonly number[];
  readonly characterLengths: readonly number[];
  readonly wordLengths: readonly number[];
}

interface LabelCase {
  readonly predicted: readonly string[];
  readonly expected: readonly string[];
  readonly labels: readonly string[];
  readonly matrix: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly macroF1: number;
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly f: readonly number[];
}

export interface TextSet {
  readonly hypotheses: readonly string[];
  readonly references: readonly (readonly string[])[];
}

interface Golden {
  readonly framework: string;
  readonly sets: Readonly<Record<string, TextSet>>;
  /** By tokenization, of the hard set's hypotheses and references in turn. */
  readonly tokens: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly bleu: readonly BleuCase[];
  readonly chrf: readonly (Case & { readonly name: string })[];
  /** Of BLEU, by 20,000 drawn sets. */
  readonly interval: { readonly set: string; readonly mean: number; readonly half: number };
  readonly rouge: readonly { readonly set: string; readonly pairs: readonly Readonly<Record<RougeKind, Numbers>>[] }[];
  readonly errors: readonly ErrorCase[];
  readonly labels: LabelCase;
}

/** What scripts/goldens/metrics.py wrote. */
export const GOLDEN: Golden = golden as unknown as Golden;

export function bleuOptions(options: ReferenceOptions): BleuOptions {
  return {
    tokenize: options.tokenize,
    lowercase: options.lowercase,
    smooth: options.smooth_method,
    smoothValue: options.smooth_value,
    maxOrder: options.max_ngram_order,
    effectiveOrder: options.effective_order,
  };
}

export function chrfOptions(options: ReferenceOptions): ChrfOptions {
  return {
    characterOrder: options.char_order,
    wordOrder: options.word_order,
    beta: options.beta,
    lowercase: options.lowercase,
    whitespace: options.whitespace,
    epsilonSmoothing: options.eps_smoothing,
  };
}

export function setOf(name: string): TextSet {
  const set = GOLDEN.sets[name];
  if (set === undefined) throw new RangeError(`setOf: expected a set of the golden file but found ${name}`);
  return set;
}
