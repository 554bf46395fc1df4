import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Snippet {
  /** Where it begins, as `README.md:20`. */
  readonly place: string;
  readonly code: string;
}

/** The TypeScript of a Markdown text, for Node.js or, where its fence says ```` ```ts browser ````, for a page. */
export function snippetsIn(file: string, text: string, kind: "node" | "browser" = "node"): Snippet[] {
  const fence = kind === "node" ? /^```ts\n([\s\S]*?)^```/gm : /^```ts browser\n([\s\S]*?)^```/gm;
  return [...text.matchAll(fence)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    return { place: `${file}:${line}`, code: match[1] as string };
  });
}

/** The documents, but not those of docs/mechanisms/: they are made from the sources, whose examples run by themselves. */
function documents(): string[] {
  const docs = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...docs.map((name) => `docs/${name}`)];
}

/** What the documents show of TypeScript. */
export function documentSnippets(kind: "node" | "browser"): Snippet[] {
  return documents().flatMap((file) => snippetsIn(file, readFileSync(join(ROOT, file), "utf8"), kind));
}

/** A file's name for a snippet. */
export function fileOf({ place }: Snippet): string {
  return place.replaceAll(/\W+/g, "-");
}
