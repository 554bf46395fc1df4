/**
 * The documents against the program: what they say of commands, formats and mechanisms is made from it, and their links lead
 * somewhere. A made part stands between `<!-- made: NAME … -->` and `<!-- end -->`; `--write` makes it anew. The documents' code
 * is run by `test/docs.test.ts`. Needs `npm run build`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Rng } from "fovea";
import { dates, generators } from "fovea/data";
import { RECIPES } from "fovea/tasks";
import { readResults } from "../bench/reproduce/results.mjs";
import { markdownTables } from "../bench/reproduce/tables.mjs";
import { attentionTables, benchTable } from "./bench-table.mjs";
import { checkPages, mechanismIndex, PAGES, table } from "./mechanism-pages.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
];

/** What a part is made of, by its name; the rest of the marker's words are its arguments. */
const MAKERS = { columns, help, forms, formats, mechanisms: mechanismIndex, numbers, reproduced, settings, speed };

/** The help of a command, as it prints it. */
function help(command) {
  const { COLUMNS: _, ...env } = process.env;
  const argv = [join(ROOT, "dist", "cli", "main.js"), ...(command ? ["help", command] : ["--help"])];
  const text = execFileSync(process.execPath, argv, { encoding: "utf8", env: { ...env, NO_COLOR: "1" } });
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

/** Texts without quotes, brackets or stray spaces, which a table would not show as they are. */
const PLAIN = /^[\w'.,/-]+( [\w'.,/-]+)*$/;

function formats() {
  const rows = dates.DATE_FORMATS.map(({ name, example }) => {
    const drawn = [];
    for (let index = 0; drawn.length < 2; index++) {
      const { text, iso } = dates.dateExample({ seed: 1, split: "train", index, format: name });
      if (PLAIN.test(text)) drawn.push(`\`${text}\` → ${iso}`);
    }
    return [name, `\`${example}\``, ...drawn];
  });
  return table(["format", "as in", "or", "or"], rows);
}

/** The forms of a generator, each with its example and one that is drawn. */
function forms(name) {
  const generator = generators.GENERATORS.find((candidate) => candidate.name === name);
  const total = generator.forms.reduce((sum, { share }) => sum + share, 0);
  const shown = ({ source, target }) => `\`${source}\` → ${target}`;
  const rows = generator.forms.map((form) => {
    const share = `${((form.share / total) * 100).toFixed(0)} %`;
    return [form.name, share, shown(form.example), shown(form.draw(new Rng(3, form.name).at(0)))];
  });
  return table(["form", "how often", "as in", "or"], rows);
}

/** What the recipes of texts choose from the data, unless it is given. */
const CHOSEN = {
  transduce: ["sourceLen", "targetLen"],
  translate: ["steps", "warmUp", "validateEvery", "sourceLen", "targetLen"],
  dialogue: ["steps", "warmUp", "validateEvery", "sourceLen", "targetLen"],
  summarize: ["steps", "warmUp", "validateEvery", "sourceLen", "targetLen"],
  classify: ["steps", "warmUp", "validateEvery", "sourceLen"],
};

/** Settings of several recipes side by side. */
function sharedSettings(names) {
  const recipes = names.map(recipeNamed);
  const paths = [...new Set(recipes.flatMap((recipe) => Object.keys(recipe.settings)))];
  const cell = ({ name, settings }, path) => {
    if (CHOSEN[name].includes(path)) return "from the data";
    return Object.hasOwn(settings, path) ? `\`${settings[path]}\`` : "";
  };
  return table(
    ["setting", ...names],
    paths.map((path) => [`\`${path}\``, ...recipes.map((recipe) => cell(recipe, path))]),
  );
}

function recipeNamed(name) {
  return RECIPES.find((candidate) => candidate.name === name);
}

function settings(...names) {
  if (names.length > 1) return sharedSettings(names);
  const recipe = recipeNamed(names[0]);
  const rows = Object.entries(recipe.settings).map(([path, value]) => {
    const note = path === "workers" ? "; the command line takes 2 where there are two cores" : "";
    return [`\`${path}\``, `\`${value}\`${note}`];
  });
  return table(["setting", "default"], rows);
}

/** By which names the columns of a file are known. */
function columns() {
  const rows = RECIPES.flatMap(({ name, roles = [] }) =>
    roles.map((role, i) => {
      const names = role.headers.map((header) => `\`${header}\``).join(" ");
      return [i === 0 ? name : "", `${role.name}${role.optional ? " (may be absent)" : ""}`, names];
    }),
  );
  return table(["recipe", "role", "names in a header"], rows);
}

/** What `npm run reproduce` has measured. */
function reproduced() {
  return markdownTables((name) => readResults(join(ROOT, "bench", "results"), name));
}

function numbers() {
  const file = join(ROOT, "bench", "results", "dates.json");
  if (!existsSync(file)) return "Not measured yet.";
  const { machine, header, rows } = benchTable(JSON.parse(readFileSync(file, "utf8")));
  return `${machine}\n\n${table(header, rows)}`;
}

/** What `npm run bench:attention` has measured: `mechanisms`, `growth` or `scans`. */
function speed(part) {
  const file = join(ROOT, "bench", "results", "attention.json");
  if (!existsSync(file)) return "Not measured yet.";
  const tables = attentionTables(JSON.parse(readFileSync(file, "utf8")));
  const { header, rows } = tables[part];
  return part === "mechanisms" ? `${tables.machine}\n\n${table(header, rows)}` : table(header, rows);
}

const MADE = /(<!-- made: (\w+)((?: \S+)*?) -->\n)([\s\S]*?)(<!-- end -->)/g;

function makeAnew(text) {
  return text.replace(MADE, (_all, start, name, rest, _old, end) => {
    return `${start}${MAKERS[name](...rest.trim().split(" ").filter(Boolean))}\n${end}`;
  });
}

/** The name by which a page's heading is linked to. */
function anchorOf(heading) {
  const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
}

function anchorsOf(file) {
  const text = readFileSync(file, "utf8").replace(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading));
}

function* linkFaults(document, text) {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g)].map(
    (match) => match[1] ?? match[2],
  );
  for (const link of links) {
    if (/^(https?|mailto):/.test(link)) continue;
    const [path, anchor] = link.split("#");
    const target = path ? resolve(ROOT, dirname(document), path) : join(ROOT, document);
    if (!existsSync(target)) yield `${document}: links to ${link}, which is not there`;
    else if (anchor && !anchorsOf(target).includes(anchor))
      yield `${document}: links to ${link}, a heading that is not there`;
  }
}

const isWriting = process.argv.includes("--write");
const faults = [...checkPages(isWriting)];
const pages = readdirSync(PAGES).filter((file) => file.endsWith(".md"));
for (const document of [...DOCUMENTS, ...pages.map((file) => `docs/mechanisms/${file}`)]) {
  const file = join(ROOT, document);
  const text = readFileSync(file, "utf8");
  const made = makeAnew(text);
  if (isWriting) writeFileSync(file, made);
  else if (made !== text) faults.push(`${document}: differs from the program; node scripts/check-docs.mjs --write`);
  faults.push(...linkFaults(document, made));
}
for (const fault of faults) console.error(fault);
console.log(`docs: ${DOCUMENTS.length + pages.length} documents, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
