import { join } from "node:path";
import { nodeFolder } from "../../src/data/node-folder.ts";
import { memorySource } from "../../src/data/text/index.ts";
import { nodeBackend } from "../../src/runtime/node.ts";
import { nodeEngine } from "../../src/runtime/node-workers.ts";
import { recipes } from "../../src/tasks/index.ts";
import { scratchFolder } from "./studio-page.ts";

/** Models of the recipes that learn from files: too small and too young to be right, but whole. */

export const TINY_TEXTS: Readonly<Record<string, string>> = {
  batch: "8",
  validateEvery: "4",
  "model.embeddingDim": "4",
  "model.encoderDim": "4",
  "model.attentionDim": "4",
};

const WORDS = ["ein", "Hund", "läuft", "zwei", "Kinder", "spielen", "im", "Park", "heute", "dort"];

/** Sentences of some words, and the same in capitals; the last of them from right to left and in Chinese. */
export function sentencePairs(count = 60): string {
  const sentence = (i: number) => [0, 1, 2].map((n) => WORDS[(i * (n + 3) + n * n + i) % WORDS.length]).join(" ");
  const lines = Array.from({ length: count }, (_, i) => `${sentence(i)} ${i}.\t${sentence(i).toUpperCase()}.`);
  return ["source\ttarget", ...lines, "שלום עולם\tPEACE", "你好 世界\tHELLO", ""].join("\n");
}

const LABELLED = Array.from({ length: 40 }, (_, i) => {
  return i % 2 === 0 ? `a good film number ${i}\tpositive` : `a bad film number ${i}\tnegative`;
}).join("\n");

type TextRecipe = "transduce" | "translate" | "classify";

const trained = new Map<TextRecipe, Promise<string>>();

/** The folder of a small model. */
export function textModel(name: TextRecipe): Promise<string> {
  const known = trained.get(name) ?? train(name);
  trained.set(name, known);
  return known;
}

async function train(name: TextRecipe): Promise<string> {
  const path = join(scratchFolder(), name);
  const isClassifier = name === "classify";
  const bytes = new TextEncoder().encode(isClassifier ? LABELLED : sentencePairs());
  const tokens = name === "translate" ? { sourceTokens: "word", targetTokens: "word", beam: "1" } : {};
  const settings = { ...TINY_TEXTS, ...(isClassifier ? {} : { "model.decoderDim": "6", ...tokens }) };
  const events = recipes[name].train({
    folder: nodeFolder(path),
    createEngine: nodeEngine,
    backend: nodeBackend,
    files: { train: ["data.tsv"] },
    openSource: async (file) => memorySource(file, bytes),
    steps: 8,
    settings,
  });
  for await (const event of events) if (event.type === "saved") return path;
  throw new Error(`expected ${name} to be trained`);
}
