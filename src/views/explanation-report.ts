import { confidenceText } from "../tasks/confidence.ts";
import type { Change, Explanation } from "../tasks/events.ts";
import { isDoubtful, predictionLine } from "./answer-line.ts";
import { type AttentionMap, rowEntropy, rowWeights } from "./attention-map.ts";
import { changedTitle, changeText, isChange } from "./change-text.ts";
import type { Theme } from "./color-table.ts";
import { type ExplanationMessages, explanationMessages } from "./explanation-messages.ts";
import { faithfulnessFact } from "./faithfulness-text.ts";
import { columnSums } from "./heat-map-coverage.ts";
import type { HeatMapOptions } from "./heat-map-layout.ts";
import type { Language } from "./messages.ts";
import { formatWeight } from "./number-text.ts";
import type { Report, ReportBlock } from "./report.ts";
import type { Table } from "./table.ts";
import { tokenText } from "./token-text.ts";

export interface ExplanationReportOptions {
  /** @default "en" */
  readonly language?: Language;
  /** @default "auto", the reader's */
  readonly theme?: Theme | "auto";
  readonly map?: HeatMapOptions;
  /** What a reader changed of how the model reads. */
  readonly change?: Change | undefined;
}

/** Of the other candidates so many are named. */
const MOST_OTHERS = 2;
/** So many of the strongest weights of a row or column are named, if they are not too small; of a row the strongest always. */
const MOST_STRONGEST = 2;
const LEAST_STRONG = 0.05;
/** Longer inputs are cut to the tokens that were read most. */
const MOST_COVERED = 256;

/** A page on one answer: how sure the model is, where it looked, what it might have written at each step, and what it left unread. */
export function explanationReport(explanation: Explanation, options: ExplanationReportOptions = {}): Report {
  const { prediction, map } = explanation;
  const { title, ...untitled } = map;
  const { language = "en", theme = "auto", change } = options;
  const named = title ?? `${prediction.text} → ${prediction.output}`;
  const words = explanationMessages(language);
  const doubts = isDoubtful(prediction)
    ? [{ kind: "paragraph", text: predictionLine(prediction, language) } as const]
    : [];
  return {
    ...(isChange(change)
      ? { title: changedTitle(named, language), subtitle: changeText(change, map.columns, language) }
      : { title: named }),
    language,
    theme,
    sections: [
      {
        heading: isChange(change) ? words.changedAnswer : words.answer,
        blocks: [{ kind: "facts", facts: answerFacts(explanation, words, language) }, ...doubts],
      },
      { heading: words.where, blocks: [mapBlock(untitled, options.map)] },
      {
        heading: words.steps,
        blocks: [
          { kind: "paragraph", text: words.stepsIntroduction },
          { kind: "table", table: stepTable(explanation, words) },
        ],
      },
      { heading: words.coverage, blocks: coverageBlocks(map, words) },
    ],
  };
}

/** A map as every report draws it: with the entropy of its rows and the sums of its columns. */
export function mapBlock(map: AttentionMap, options: HeatMapOptions = {}): ReportBlock {
  return { kind: "map", map, options: { entropy: true, coverage: true, ...options } };
}

function answerFacts(
  { prediction, map, faithfulness }: Explanation,
  words: ExplanationMessages,
  language: Language,
): [string, string][] {
  const { output, confidence, certain, valid } = prediction;
  const truth = (is: boolean) => (is ? words.yes : words.no);
  const entropies = map.rows.map((_, row) => rowEntropy(rowWeights(map, row)));
  const mean = entropies.reduce((total, bits) => total + bits, 0) / Math.max(1, entropies.length);
  return [
    [words.output, tokenText(output)],
    [words.confidence, confidenceText(confidence)],
    ...(certain === undefined ? [] : [[words.certain, truth(certain)] satisfies [string, string]]),
    ...(valid === undefined ? [] : [[words.realDate, truth(valid)] satisfies [string, string]]),
    [words.meanEntropy, words.bits(mean.toFixed(2))],
    ...(faithfulness ? [faithfulnessFact(faithfulness, language)] : []),
  ];
}

/** A row for each step; where the model told no candidates there are no columns for them. */
function stepTable({ map, candidates }: Explanation, words: ExplanationMessages): Table {
  const hasCandidates = candidates.some((row) => row.length > 0);
  const rows = map.rows.map((token, row) => {
    const weights = rowWeights(map, row);
    return [
      row + 1,
      tokenText(token),
      ...(hasCandidates ? candidateTexts(token, candidates[row] ?? [], words) : []),
      rowEntropy(weights).toFixed(2),
      strongest(weights, map.columns, { words, least: 1 }),
    ];
  });
  const right = { align: "right" } as const;
  const chances = hasCandidates ? [{ name: words.probability, ...right }, { name: words.others }] : [];
  return {
    columns: [
      { name: words.step, ...right },
      { name: words.written },
      ...chances,
      { name: words.entropy, ...right },
      { name: words.readFrom },
    ],
    rows,
  };
}

function candidateTexts(
  token: string,
  candidates: Explanation["candidates"][number],
  words: ExplanationMessages,
): [probability: string, others: string] {
  const written = candidates.find((candidate) => candidate.token === token);
  const others = candidates
    .filter((candidate) => candidate !== written)
    .slice(0, MOST_OTHERS)
    .map((candidate) => `${words.token(tokenText(candidate.token))} ${formatWeight(candidate.probability)}`);
  return [written ? formatWeight(written.probability) : "–", others.join(words.between)];
}

interface Naming {
  readonly words: ExplanationMessages;
  /** How many are named however small they are. */
  readonly least: number;
}

/** As `“1” (20) 0.725, “9” (21) 0.120`. */
function strongest(weights: readonly number[], tokens: readonly string[], { words, least }: Naming): string {
  return weights
    .map((weight, place) => ({ weight, place, name: words.token(tokenText(tokens[place] as string)) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST_STRONGEST)
    .filter(({ weight }, rank) => weight >= LEAST_STRONG || (rank < least && weight > 0))
    .map(({ weight, place, name }) => `${name} (${place + 1}) ${formatWeight(weight)}`)
    .join(words.between);
}

function coverageBlocks(map: AttentionMap, words: ExplanationMessages): ReportBlock[] {
  const sums = columnSums(map);
  const all = map.columns.map((_, place) => place);
  const shown = all
    .sort((a, b) => (sums[b] as number) - (sums[a] as number))
    .slice(0, MOST_COVERED)
    .sort((a, b) => a - b);
  const right = { align: "right" } as const;
  const rows = shown.map((place) => {
    const weights = map.rows.map((_, row) => map.weights[row * map.columns.length + place] as number);
    const token = tokenText(map.columns[place] as string);
    return [place + 1, token, (sums[place] as number).toFixed(3), strongest(weights, map.rows, { words, least: 0 })];
  });
  const columns = [{ name: words.place, ...right }, { name: words.input }, { name: words.sum, ...right }];
  const cut =
    shown.length < map.columns.length
      ? [{ kind: "paragraph", text: words.mostCovered(shown.length, map.columns.length) } as const]
      : [];
  return [
    { kind: "paragraph", text: words.coverageIntroduction },
    ...cut,
    { kind: "table", table: { columns: [...columns, { name: words.readBy }], rows } },
  ];
}
