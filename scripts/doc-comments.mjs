/** Reads what the sources say of themselves: the doc comments of a mechanism's file, and the formula in them. */
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const EXPORTED = /^\/\*\*((?:[^*]|\*(?!\/))*)\*\/\nexport (?:async |abstract )*(?:function|class|const) (\w+)/gm;

/** The doc comments of a file's exports, cut into their description (the tag "") and their tags. */
function readDocs(source) {
  return [...source.matchAll(EXPORTED)].map(([, comment, name]) => {
    const parts = [{ tag: "", text: "" }];
    let inCode = false;
    for (const line of comment.split("\n").map((text) => text.replace(/^ ?\* ?/, "").trimEnd())) {
      const [, tag, rest] = (!inCode && /^\s*@(\w+)\s*(.*)$/.exec(line)) || [];
      if (line.startsWith("```")) inCode = !inCode;
      if (tag) parts.push({ tag, text: rest });
      else parts.at(-1).text += `\n${line}`;
    }
    const [{ text }, ...tags] = parts.map((part) => ({ ...part, text: part.text.replace(/^\n+|\s+$/g, "") }));
    return { name, description: text.replace(/^ (?=\S)/, ""), tags };
  });
}

export const textsOf = ({ tags }, wanted) => tags.filter(({ tag }) => tag === wanted).map(({ text }) => text);
const hasFormula = ({ description }) => /\n\n {4}\S/.test(description);

export const hasExample = ({ tags }) => tags.some(({ tag }) => tag === "example");
const hasWeights = ({ description }) => /^\| .*`weights`/m.test(description);

/** The comments of a file's exports, with those that it hands on from other files. */
export function publicDocs(folder, file) {
  const source = readFileSync(join(folder, file), "utf8");
  const handedOn = [...source.matchAll(/^export \{([^}]*)\} from "\.\/(.+)";$/gm)].flatMap(([, names, from]) => {
    const wanted = names.split(",").map((name) => name.trim());
    return publicDocs(folder, from).filter(({ name }) => wanted.includes(name));
  });
  return [...readDocs(source), ...handedOn];
}

/** The comment that tells of the mechanism: one with an example, if there is one with a formula and the axes of the weights. */
export function mainDoc(docs, { name, module }) {
  const withExample = docs.filter(hasExample);
  const withFormula = withExample.filter(hasFormula);
  const main = withFormula.find(hasWeights) ?? withFormula[0] ?? withExample[0] ?? docs.find(hasFormula);
  if (!main) throw new Error(`docs: expected src/${module} to tell of ${name} in a doc comment with an @example`);
  return main;
}

/** The formula of a mechanism: the first indented block of the comment that tells of it. */
export function formulaOf(sources, mechanism) {
  const docs = publicDocs(join(sources, dirname(mechanism.module)), basename(mechanism.module));
  const [block] = /^ {4}\S.*(?:\n+ {4,}\S.*)*/m.exec(mainDoc(docs, mechanism).description) ?? [];
  if (!block) throw new Error(`docs: expected a formula, indented by four, in the doc comment of ${mechanism.module}`);
  return block.replace(/^ {4}/gm, "");
}

/** The example of a mechanism as code. */
export function exampleOf(sources, mechanism) {
  const docs = publicDocs(join(sources, dirname(mechanism.module)), basename(mechanism.module));
  const [example] = textsOf(mainDoc(docs, mechanism), "example");
  const code = /```ts\n([\s\S]*?)```/.exec(example ?? "")?.[1];
  if (!code) throw new Error(`docs: expected an @example in the doc comment of ${mechanism.module}`);
  return code;
}
