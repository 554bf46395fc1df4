/**
 * What is measured of a trained model beyond what its recipe does: by predicting and explaining, as a user would. Each export is
 * `({ model, path, recipe, pairs, test }) => numbers`: the model opened, its folder, the test set and what the recipe measured on it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { generators, text as texts } from "../../dist/data/index.js";
import { bleuMetric, Corpus, rougeMetric } from "../../dist/tasks/index.js";

/** A text without an answer counts as answered by nothing. */
async function outputs(model, pairs) {
  const found = [];
  for await (const { output = "" } of model.predict(pairs.map(({ source }) => source))) found.push(output);
  return found;
}

const bleuOf = (tokenize) => ({ metric: bleuMetric({ tokenize }), of: ({ score }) => ({ score }) });

/** By recipe: metrics over pairs, and how the recipe names their numbers. */
const MEASURED = {
  translate: {
    bleu: { ...bleuOf("13a"), names: { score: "bleu" } },
    tokens: { ...bleuOf("none"), names: { score: "bleuTokenized" } },
  },
  dialogue: { bleu: { ...bleuOf("13a"), names: { score: "bleu" } } },
  summarize: {
    rouge: {
      metric: rougeMetric({ tokenize: "unicode" }),
      of: ({ rouge1, rouge2, rougeL }) => ({ rouge1: rouge1.f, rouge2: rouge2.f, rougeL: rougeL.f }),
      names: { rouge1: "rouge1", rouge2: "rouge2", rougeL: "rougeL" },
    },
  },
};

/** Intervals, 95 %, by bootstrap resampling of the test set. */
export async function intervals({ model, recipe, pairs, test }) {
  const answers = await outputs(model, pairs);
  const found = {};
  for (const { metric, of, names } of Object.values(MEASURED[recipe])) {
    const corpus = new Corpus(metric).addAll(
      answers,
      pairs.map(({ target }) => target),
    );
    const values = of(corpus.score());
    for (const [name, { low, high }] of Object.entries(corpus.intervals(of, { seed: 1 }))) {
      const measured = test.metrics[names[name]];
      // What is predicted is what was measured, but for ties in the last digits: else the interval would be of something else.
      if (
        pairs.length === test.overall.count &&
        !test.rejected &&
        Math.abs(values[name] - measured) > 0.01 * measured
      ) {
        throw new Error(`reproduce: expected ${names[name]} ${measured}, as measured, but found ${values[name]}`);
      }
      found[names[name]] = [low, high];
    }
  }
  return { intervals: found };
}

/** The question of the example, which is asked of the trained model. */
const ASKED = "are you free tomorrow?";

/** What of the first word's attention lies on auxiliary and subject: its share, and whether the most lies there. */
export function focusOf({ weights, columns }, spans, [start, end]) {
  const first = Array.from(weights).slice(0, columns.length);
  const inside = first.map((_, i) => spans[i][0] >= start && spans[i][1] <= end && spans[i][1] > spans[i][0]);
  const share = first.reduce((sum, weight, i) => sum + (inside[i] ? weight : 0), 0);
  return { share, isLargest: inside[first.indexOf(Math.max(...first))] };
}

/** Where the first word of each answer, `Yes` or `No`, was read from, over the whole test set. */
export async function questionFocus({ model, path, recipe, pairs, test }) {
  const tokenizer = texts.TextTokenizer.fromFiles({ tokenizer: readFileSync(join(path, "tokenizer.json")) });
  let [shares, largest, right, lowest] = [0, 0, 0, 1];
  for (const { source, target } of pairs) {
    const { map, prediction } = await model.explain(source);
    const span = generators.askerSpan(source);
    const { share, isLargest } = focusOf(map, tokenizer.encodeWithSpans(source).spans, span);
    shares += share;
    lowest = Math.min(lowest, share);
    if (isLargest) largest++;
    if (prediction.output.split(",")[0] === target.split(",")[0]) right++;
  }
  const { map, prediction } = await model.explain(ASKED);
  const count = pairs.length;
  const width = map.columns.length;
  return {
    ...(await intervals({ model, recipe, pairs, test })),
    focus: {
      count,
      meanShare: shares / count,
      lowestShare: lowest,
      largestThere: largest / count,
      firstWordRight: right / count,
    },
    asked: {
      question: ASKED,
      answer: prediction.output,
      confidence: prediction.confidence,
      columns: map.columns,
      rows: map.rows,
      weights: map.rows.map((_, row) => Array.from(map.weights).slice(row * width, (row + 1) * width)),
    },
  };
}
