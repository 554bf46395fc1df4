/**
 * The sets of the data folder as files that `--data` takes. A set of another form is written anew, as JSON lines, into the
 * folder of the run. Each export is `(place) => files`: `place.data` is the data folder, `place.out` where new files go; a file is
 * known by its `name`, which checkpoints and models keep, and lies at its `path`.
 */
import { createWriteStream, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { generators } from "../../dist/data/index.js";

const utf8 = (...parts) => readFileSync(join(...parts), "utf8");

/** Lines of a text; the last line break ends the last line. */
export function linesOf(text) {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** `label text`, a line each: the label up to the first space. */
export function labelled(text, labels) {
  return linesOf(text).map((line) => {
    const space = line.indexOf(" ");
    const label = labels[line.slice(0, space)];
    if (label === undefined) throw new Error(`reproduce: expected a label before a space but found ${line}`);
    return { text: line.slice(space + 1), label };
  });
}

/** Reviews: label, rating, number and text between tabs, without a header; line breaks are written as HTML. */
export function reviews(text) {
  return linesOf(text).map((line) => {
    const [label, , , review] = line.split("\t");
    return { text: review.replaceAll(/<br\s*\/?>/g, " "), label: label === "1" ? "good" : "bad" };
  });
}

/** Turns of the restaurant dialogues, which stand as JSON behind lines of comment: `turn`, `reply`, and the dialogue's number. */
export function turns(text) {
  const json = text.slice(text.search(/^\[/m));
  return JSON.parse(json).flatMap(({ dialogue_id: dialogue, dial }) => {
    return dial.map(({ usr, sys }) => ({ turn: usr.transcript, reply: sys.sent, dialogue }));
  });
}

/** The cells of a table as RFC 4180 has it. */
export function cells(text) {
  const rows = [];
  let row = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\r?\n|$)/g)) {
    if (quoted === undefined && plain === "" && end === "" && row.length === 0) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const ENTITIES = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: " " };

/** News as it was meant: a backslash stands for a line break, `#39;` for a character, and there is HTML. */
export function unescaped(text) {
  return text
    .replaceAll("\\", " ")
    .replaceAll(/ ?&?#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll(/&(lt|gt|amp|quot|nbsp);/g, (_, name) => ENTITIES[name])
    .replaceAll(/<[^<>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** Class, title and text of news. */
export function news(text) {
  return cells(text).map(([, title, description]) => ({ text: unescaped(description), headline: unescaped(title) }));
}

/** Writes records as JSON lines, whole or not at all. */
async function write({ out }, name, records) {
  mkdirSync(out, { recursive: true });
  const path = join(out, name);
  const stream = createWriteStream(`${path}.unfinished`);
  let count = 0;
  for (const record of records) {
    count++;
    if (stream.write(`${JSON.stringify(record)}\n`)) continue;
    await new Promise((resolve) => stream.once("drain", resolve));
  }
  await new Promise((resolve, reject) => stream.on("error", reject).end(resolve));
  renameSync(`${path}.unfinished`, path);
  return { name, path, count };
}

/** Writes the parts of a set: `{ train, validation, test }`, of which the recipe splits off what is not there. */
async function writeParts(place, parts) {
  const files = {};
  for (const [part, records] of Object.entries(parts)) files[part] = [await write(place, `${part}.jsonl`, records)];
  return files;
}

const LANGUAGES = ["de", "en"];

/** Captions, lower-case and in tokens: the files as they are, side by side. */
export async function MULTI30K({ data }) {
  const files = (part) =>
    LANGUAGES.map((language) => {
      const name = `${part}.lc.norm.tok.${language}`;
      return { name, path: join(data, "multi30k", name) };
    });
  return { train: files("train"), validation: files("val"), test: files("test_2016_flickr") };
}

export function IMDB(place) {
  const read = (part) => reviews(gunzipSync(readFileSync(join(place.data, "text/imdb", `${part}.tsv.gz`))).toString());
  return writeParts(place, { train: read("train"), test: read("test") });
}

const QUESTION_TYPES = {
  0: "description",
  1: "entity",
  2: "abbreviation",
  3: "person",
  4: "place",
  5: "number",
};

export function TREC(place) {
  const read = (part) => readFileSync(join(place.data, "text/trec", `TREC.${part}.all`), "latin1");
  return writeParts(place, {
    train: labelled(read("train"), QUESTION_TYPES),
    test: labelled(read("test"), QUESTION_TYPES),
  });
}

export function SENTIMENT(place) {
  const read = (part) => labelled(utf8(place.data, "text/sst", `stsa.binary.${part}`), { 0: "bad", 1: "good" });
  return writeParts(place, { train: read("train"), validation: read("dev"), test: read("test") });
}

/** Three fifths, a fifth and a fifth of the dialogues, as Wen et al. 2017 ("A Network-based End-to-End Trainable Task-oriented Dialogue System", section 4) part them. */
export function RESTAURANTS(place) {
  const all = turns(utf8(place.data, "dialogue/CamRest676.json"));
  const part = (wanted) => all.filter(({ dialogue }) => wanted.includes(dialogue % 5));
  return writeParts(place, { train: part([0, 1, 2]), validation: part([3]), test: part([4]) });
}

/** Eight tenths, a tenth and a tenth of the news, by their number. */
export function HEADLINES(place) {
  const all = news(utf8(place.data, "headlines/test.csv"));
  const part = (wanted) => all.filter((_, i) => wanted(i % 10));
  return writeParts(place, { train: part((i) => i < 8), validation: part((i) => i === 8), test: part((i) => i === 9) });
}

const generatorNamed = (name) => generators.GENERATORS.find((generator) => generator.name === name);
const SEED = 1;

/** One file of pairs, as `fovea generate` writes it: the recipe splits it. */
export const generated = (name, count) => async (place) => {
  const pairs = generators.distinctExamples(generatorNamed(name), { seed: SEED, count });
  return { train: [await write(place, `${name}.jsonl`, pairs)] };
};

/** Questions of which a text belongs to one part only. */
export const yesNoQuestions = (counts) => (place) => {
  const part = (split) => {
    const pairs = generators.distinctExamples(generatorNamed("questions"), { seed: SEED, count: counts[split], split });
    return [...pairs].map(({ source, target }) => ({ turn: source, reply: target }));
  };
  return writeParts(place, { train: part("train"), validation: part("validation"), test: part("test") });
};
