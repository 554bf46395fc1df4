/**
 * The pages of `docs/mechanisms/` as texts: one for each mechanism, made from the doc comment and the row in its file, and from
 * what `draw-mechanisms.mjs` measured; and the tables of their index, `docs/mechanisms.md`. Needs `npm run build`.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAMILIES, MECHANISMS } from "fovea/attention";
import { knownAnswers } from "fovea/data";
import { hasExample, mainDoc, publicDocs, textsOf } from "./doc-comments.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
export const PAGES = join(ROOT, "docs", "mechanisms");
export const MEASURED = join(PAGES, "measured.json");

export const readMeasured = () => (existsSync(MEASURED) ? JSON.parse(readFileSync(MEASURED, "utf8")) : {});

/** Formulas as fenced blocks, and prose that Markdown does not take for tags. */
function asMarkdown(text) {
  const prose = (part) => part.replace(/\{@link (\S+?)\}/g, "`$1`").replace(/<(?=[A-Za-z/!])/g, "&lt;");
  const blocks = text.split(/(^```[\s\S]*?^```|^ {4,}\S.*(?:\n+ {4,}\S.*)*)/m);
  return blocks
    .map((block, index) => {
      if (index % 2 === 0) return block.replace(/(`[^`]*`)|[^`]+/g, (part, code) => code ?? prose(part));
      return block.startsWith("```") ? block : `\`\`\`text\n${block.replace(/^ {4}/gm, "")}\n\`\`\``;
    })
    .join("");
}

export const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** A table in Markdown. */
export function table(header, rows) {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** What `draw-mechanisms.mjs` drew and measured. */
function shown({ name, axes, example }, measured) {
  const { about, labels } = knownAnswers.KNOWN_ANSWERS[example.task];
  const heads = axes.includes("heads") ? " Of several heads it is the one that reads the right keys best." : "";
  const caption = `Rows are queries, columns keys; the numbers are weights in percent.${heads} ${labels}`;
  const { accuracy, onTarget, uniform } = measured;
  return [
    `The task \`${example.task}\`: ${about}`,
    `![The weights of ${name} on a problem that training has not seen](${name}.svg)`,
    caption,
    table(
      ["on problems that training has not seen", name, "uniform weights"],
      [
        ["queries answered right", percent(accuracy), percent(uniform.accuracy)],
        ["mean weight on the key that must be read", percent(onTarget), percent(uniform.onTarget)],
      ],
    ),
    `[How this is measured](../mechanisms.md#where-they-look). \`node scripts/draw-mechanisms.mjs ${name}\` trains, measures and draws it anew.`,
  ];
}

/** What a comment says, but for its example. */
function told({ description, tags }) {
  const words = { returns: "Returns", throws: "Throws" };
  const said = tags.filter(({ tag }) => tag in words);
  return [
    asMarkdown(description),
    ...said.map(({ tag, text }) => `**${words[tag]}** ${asMarkdown(text.replace(/\n\s+/g, "\n"))}`),
  ];
}

/** Other exports that are documented, the parts that one can exchange: with an example a section, without one a line. */
function besides(docs, main) {
  const others = docs.filter((doc) => doc !== main && doc.description !== "");
  const sections = others.filter(hasExample).flatMap((doc) => {
    return [`## \`${doc.name}\``, ...told(doc), ...textsOf(doc, "example")];
  });
  const lines = others
    .filter((doc) => !hasExample(doc))
    .map(({ name, description }) => `- \`${name}\`: ${inOneLine(description)}`);
  return [...sections, ...(lines.length > 0 ? ["## Beside it", lines.join("\n")] : [])];
}

/** The first paragraph, with the formula that it leads up to. */
function inOneLine(description) {
  const [first, next = ""] = description.split("\n\n");
  const formula = first.endsWith(":") && next.startsWith("    ") ? ` \`${next.trim().replace(/\n\s*/g, "; ")}\`` : "";
  return `${asMarkdown(first).replaceAll("\n", " ")}${formula}`;
}

const source = ({ authors, year, title, section }) => `${authors} ${year}, *${title}*, ${section}`;

/** The page of a mechanism. */
export function mechanismPage(mechanism, measured) {
  const { name, family, module, choose } = mechanism;
  const docs = publicDocs(join(ROOT, "src", dirname(module)), basename(module));
  const main = mainDoc(docs, mechanism);
  const parts = [
    `<!-- Made from src/${module}: node scripts/check-docs.mjs --write -->`,
    `# ${name}`,
    source(mechanism),
    `\`${main.name}\` of \`fovea/attention\`, in [src/${module}](../../src/${module}). Family: [${family}](../mechanisms.md#${family}).`,
    `**When to choose it.** ${choose}`,
    ...told(main),
    ...textsOf(main, "example").flatMap((code) => ["## Example", code]),
    "## Where it looks",
    ...(measured ? shown(mechanism, measured) : ["Not drawn yet."]),
    ...besides(docs, main),
    "[All mechanisms](../mechanisms.md)",
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Of more than three authors the first. */
function shortSource({ authors, year }) {
  const names = authors.split(/, | & /);
  return `${names.length > 3 ? `${names[0]} et al.` : authors} ${year}`;
}

/** The tables of the index, family by family. */
export function mechanismIndex() {
  const parts = Object.entries(FAMILIES).flatMap(([family, about]) => {
    const rows = MECHANISMS.filter((mechanism) => mechanism.family === family).map((mechanism) => {
      const { name, choose } = mechanism;
      return [`[${name}](mechanisms/${name}.md)`, shortSource(mechanism), choose.replaceAll("|", "\\|")];
    });
    return rows.length > 0
      ? [
          `### ${family[0].toUpperCase()}${family.slice(1)}`,
          about,
          table(["mechanism", "source", "when to choose it"], rows),
        ]
      : [];
  });
  return parts.join("\n\n");
}

/** Whether each page is what would be made and each picture is there; `isWriting` makes the pages anew. Yields faults. */
export function* checkPages(isWriting) {
  const measured = readMeasured();
  const names = new Set(MECHANISMS.map(({ name }) => name));
  for (const mechanism of MECHANISMS) {
    const { name, example } = mechanism;
    const file = join(PAGES, `${name}.md`);
    const page = mechanismPage(mechanism, measured[name]);
    if (isWriting) writeFileSync(file, page);
    else if (!existsSync(file) || readFileSync(file, "utf8") !== page)
      yield `docs/mechanisms/${name}.md: differs from src/${mechanism.module}; node scripts/check-docs.mjs --write`;
    const drawn = existsSync(join(PAGES, `${name}.svg`)) && measured[name]?.task === example.task;
    if (!drawn)
      yield `docs/mechanisms/${name}.svg: not drawn on ${example.task}; node scripts/draw-mechanisms.mjs ${name}`;
  }
  for (const name of Object.keys(measured).filter((name) => !names.has(name)))
    yield `docs/mechanisms/measured.json: tells of ${name}, which is no mechanism; node scripts/draw-mechanisms.mjs`;
  for (const file of readdirSync(PAGES)) {
    if (file === "measured.json" || names.has(file.replace(/\.(md|svg)$/, ""))) continue;
    if (isWriting) rmSync(join(PAGES, file));
    else yield `docs/mechanisms/${file}: of no mechanism; node scripts/check-docs.mjs --write`;
  }
}
