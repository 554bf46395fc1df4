import type { Table } from "../views/table.ts";
import type { Context } from "./context.ts";

export const LIST_TOPICS = ["mechanisms", "recipes", "operators", "generators"] as const;
export type ListTopic = (typeof LIST_TOPICS)[number];

export interface ListOptions {
  readonly format: "human" | "json";
}

type Row = Readonly<Record<string, unknown>>;

interface Topic {
  /** Every fact of every row, for JSON. */
  readonly load: (context: Context) => Promise<readonly Row[]>;
  /** The columns for people. */
  readonly columns: readonly (readonly [name: string, value: (row: Row) => string])[];
}

const field = (name: string) => (row: Row) => String(row[name]);

const TOPICS: Readonly<Record<ListTopic, Topic>> = {
  mechanisms: {
    load: async () => {
      const { FAMILIES, MECHANISMS } = await import("../attention/index.ts");
      const place = Object.keys(FAMILIES);
      // By name within a family: the list is, and the sort keeps that.
      return [...MECHANISMS]
        .sort((a, b) => place.indexOf(a.family) - place.indexOf(b.family))
        .map(({ example, ...facts }) => ({ ...facts, task: example.task }));
    },
    columns: [
      ["family", field("family")],
      ["name", field("name")],
      ["source", (row) => `${shortAuthors(String(row.authors))} ${row.year}, ${row.section}`],
    ],
  },
  recipes: {
    load: async ({ loadRecipes }) =>
      (await loadRecipes()).map(({ name, summary, settings }) => ({ name, summary, settings })),
    columns: [
      ["name", field("name")],
      ["what it trains", field("summary")],
    ],
  },
  operators: {
    load: async () => {
      const { OPERATORS } = await import("../tensor/operators/index.ts");
      return Object.entries(OPERATORS).map(([name, { domain = "ai.onnx", versions, attributes }]) => {
        return { name, domain, versions, attributes: Object.keys(attributes) };
      });
    },
    columns: [
      ["name", field("name")],
      ["domain", field("domain")],
      ["versions", (row) => (row.versions as readonly number[]).join(" ")],
      ["attributes", (row) => (row.attributes as readonly string[]).join(" ")],
    ],
  },
  generators: {
    load: async () => {
      const { GENERATORS } = await import("../data/generators/index.ts");
      return GENERATORS.map(({ name, summary, columns, alphabet, forms }) => {
        return { name, summary, columns, alphabet, forms: forms.map(({ draw, ...facts }) => facts) };
      });
    },
    columns: [
      ["name", field("name")],
      ["what it writes", field("summary")],
      ["as in", (row) => (row.forms as readonly { example: { source: string } }[])[0]?.example.source ?? ""],
    ],
  },
};

/** Of more than three authors the first. */
function shortAuthors(authors: string): string {
  const names = authors.split(/, | & /);
  return names.length > 3 ? `${names[0]} et al.` : authors;
}

/** Lists one kind of thing as a table, or with every fact as JSON. */
export async function list(name: ListTopic, { format }: ListOptions, context: Context): Promise<void> {
  const topic = TOPICS[name];
  const rows = await topic.load(context);
  const { stdout } = context;
  if (format === "json") return stdout.line(JSON.stringify(rows, null, 2));
  const { tableText } = await import("../views/table.ts");
  const { drawingFor } = await import("./terminal.ts");
  const { width, unicode, color } = drawingFor(stdout, context.env);
  const options = { unicode, styled: color !== "none", ...(stdout.isTTY ? { width } : {}) };
  const table: Table = {
    columns: topic.columns.map(([column]) => ({ name: column, align: "left" })),
    rows: rows.map((row) => topic.columns.map(([, value]) => value(row))),
  };
  await stdout.line(tableText(table, options));
  if (name === "recipes") await stdout.write(settingsText(rows));
}

/** The settings that `--set` changes, recipe by recipe. */
function settingsText(rows: readonly Row[]): string {
  return rows
    .map(({ name, settings }) => {
      const lines = Object.entries(settings as Row).map(([path, value]) => `  --set ${path}=${value}\n`);
      return lines.length > 0 ? `\nSettings of ${name}, with their defaults:\n${lines.join("")}` : "";
    })
    .join("");
}
