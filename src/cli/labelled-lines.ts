import { resolve } from "node:path";
import { nodeSource } from "../data/node-source.ts";
import { readRecords, recordFormat } from "../data/text/records.ts";
import type { Role } from "../data/text/records-roles.ts";
import type { LabelledText } from "../tasks/events.ts";
import { quoted } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

const ROLES: readonly Role[] = [
  { name: "text", headers: ["text", "input", "source"] },
  { name: "expected", headers: ["expected", "iso", "output", "answer", "target", "date"] },
];

/** Texts with their right answers, from a TSV, CSV or JSONL file, one after the other. */
export async function* readLabelled(
  file: string,
  { cwd, command }: { cwd: string; command: string },
): AsyncGenerator<LabelledText, void> {
  if (!recordFormat(file)) {
    throw new UsageError(`${command}: expected a file that ends in .tsv, .csv or .jsonl but found ${quoted(file)}`);
  }
  const source = await nodeSource(resolve(cwd, file), { owner: command, name: file });
  try {
    for await (const { fields, places } of readRecords(source, { owner: command, roles: ROLES })) {
      const { text = "", expected = "" } = fields;
      yield { text, expected, ...(places.expected ? { place: places.expected } : {}) };
    }
  } finally {
    await source.close();
  }
}
