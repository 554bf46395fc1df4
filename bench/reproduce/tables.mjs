/** The numbers of `npm run reproduce` as tables. Each is `(read) => { header, rows }`; `read` gives a name's numbers, or undefined. */
import { NAMES } from "./names.mjs";

const number = (value) => value.toLocaleString("en");
const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

/** How each measure is written, by what the recipe compares models by. */
const MEASURES = {
  bleuTokenized: { title: "BLEU", text: (value) => value.toFixed(1) },
  bleu: { title: "BLEU 13a", text: (value) => value.toFixed(1) },
  chrf: { title: "chrF", text: (value) => value.toFixed(1) },
  accuracy: { title: "accuracy", text: (value) => percent(value) },
  perplexity: { title: "perplexity", text: (value) => value.toFixed(2) },
  rouge1: { title: "ROUGE-1", text: (value) => percent(value) },
  rouge2: { title: "ROUGE-2", text: (value) => percent(value) },
  rougeL: { title: "ROUGE-L", text: (value) => percent(value) },
};
const SHOWN = {
  translate: ["bleuTokenized", "bleu", "chrf"],
  classify: ["accuracy"],
  dialogue: ["perplexity", "bleu"],
  summarize: ["perplexity", "rouge1", "rouge2", "rougeL"],
};

/** A measure with its interval. */
function measured({ test }, name) {
  const { text } = MEASURES[name];
  const value = test.metrics[name];
  const { low, high } = test.overall;
  const interval = test.intervals?.[name] ?? (name === "accuracy" ? [low, high] : undefined);
  const bounds = interval ? ` (${interval.map((bound) => text(bound).replace(" %", "")).join("–")})` : "";
  return `${text(value)}${bounds}`;
}

/** Names with the name that each is compared with: `[with, without]`, where the numbers of both are there. */
function pairsOf(read) {
  return Object.entries(NAMES).flatMap(([name, { like }]) => {
    const pair = like ? [read(like), read(name)] : [];
    return pair.length === 2 && pair.every(Boolean) ? [pair] : [];
  });
}

/** Models with attention beside as large ones without, as long trained. */
export function comparisonTable(read) {
  const rows = pairsOf(read).flatMap(([own, other]) =>
    SHOWN[own.recipe].map((name, i) => [
      i === 0 ? own.name : "",
      i === 0 ? `${number(own.parameters)}; ${number(other.parameters)}` : "",
      i === 0 ? number(own.steps) : "",
      MEASURES[name].title,
      measured(own, name),
      measured(other, name),
    ]),
  );
  return { header: ["name", "parameters", "steps", "measure", "attention", "without"], rows };
}

/** By quarter of the inputs' length, where the recipe measures that: BLEU of translation. */
export function quartileTable(read) {
  const rows = pairsOf(read).flatMap(([own, other]) =>
    own.test.groups.flatMap(({ name, count, metrics }, i) => {
      const beside = other.test.groups.find((group) => group.name === name);
      if (metrics?.bleu === undefined || beside?.metrics?.bleu === undefined) return [];
      return [[i === 0 ? own.name : "", name, number(count), metrics.bleu.toFixed(1), beside.metrics.bleu.toFixed(1)]];
    }),
  );
  return { header: ["name", "length", "sentences", "BLEU 13a, attention", "without"], rows };
}

/** Beside published numbers. */
export function publishedTable(read) {
  const rows = Object.entries(NAMES).flatMap(([name, { published }]) => {
    const found = published && read(name);
    if (!found) return [];
    const { text, title } = MEASURES[published.metric];
    const minutes = (found.trainingSeconds / 60).toFixed(0);
    const last = found.validation.at(-1);
    return [
      [
        name,
        title,
        measured(found, published.metric),
        `${text(published.value)} (${published.what})`,
        number(found.parameters),
        `${minutes} min, ${number(found.steps)} steps; the best at ${number(found.bestStep)}`,
        `${text(last[published.metric])}`,
      ],
    ];
  });
  return { header: ["name", "measure", "test", "published", "parameters", "training", "validation at its end"], rows };
}

/** Rewriters trained from a file alone. */
export function rewriterTable(read) {
  const names = Object.keys(NAMES).filter((name) => NAMES[name].recipe === "transduce");
  const rows = names.flatMap((name) => {
    const found = read(name);
    if (!found) return [];
    const { right, count, share, low, high } = found.test.overall;
    const interval = `${percent(share, 2)} (${(100 * low).toFixed(2)}–${(100 * high).toFixed(2)})`;
    return [[name, number(found.data.train), `${right} of ${count}`, interval, `${found.wholeSeconds.toFixed(0)} s`]];
  });
  return { header: ["name", "pairs", "right of held-out pairs", "share", "seconds in all"], rows };
}

/** Where the first word of an answer to a yes/no question is read from. */
export function focusTable(read) {
  const found = read("questions");
  if (!found) return { header: ["what", "found"], rows: [] };
  const { focus, asked } = found;
  const words = asked.columns.map((word, i) => `${word} ${asked.weights[0][i].toFixed(2)}`);
  return {
    header: ["what", "found"],
    rows: [
      ["held-out questions", number(focus.count)],
      ["first word right", percent(focus.firstWordRight, 2)],
      ["its attention on auxiliary and subject, mean", percent(focus.meanShare)],
      ["the least", percent(focus.lowestShare)],
      ["its largest weight lies there", percent(focus.largestThere, 2)],
      [`\`${asked.question}\``, asked.answer],
      [`the weights of \`${asked.rows[0]}\``, words.join(", ")],
    ],
  };
}

const TABLES = {
  "Beside published numbers": publishedTable,
  "With and without attention": comparisonTable,
  "By length of the input": quartileTable,
  Rewriters: rewriterTable,
  "Yes and No": focusTable,
};

export function markdown({ header, rows }) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** All tables that have rows. */
export function markdownTables(read) {
  const parts = Object.entries(TABLES).flatMap(([title, make]) => {
    const table = make(read);
    return table.rows.length > 0 ? [`### ${title}\n\n${markdown(table)}`] : [];
  });
  return parts.length > 0 ? parts.join("\n\n") : "No numbers yet: npm run reproduce -- NAME";
}
