import { resolve } from "node:path";
import { nodeSource } from "../data/node-source.ts";
import { readRecords, recordFormat } from "../data/text/records.ts";
import type { Role } from "../data/text/records-roles.ts";
import type { LabelledText } from "../tasks/events.ts";
import { quoted } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

const TEXT: Role = { name: "text", headers: ["text", "input", "source"] };
const EXPECTED: Role = { name: "expected", headers: ["expected", "iso", "output", "answer", "target", "date"] };

/**
 * Texts with their right answers, from a TSV, CSV or JSONL file, one after the other.
 *
 * @param options.roles those of the recipe that the model was trained by: a file that one trains on can be measured on, too
 */
export async function* readLabelled(
  file: string,
  { cwd, command, roles = [] }: { cwd: string; command: string; roles?: readonly Role[] | undefined },
): AsyncGenerator<LabelledText, void> {
  if (!recordFormat(file)) {
    throw new UsageError(`${command}: expected a file that ends in .tsv, .csv or .jsonl but found ${quoted(file)}`);
  }
  const source = await nodeSource(resolve(cwd, file), { owner: command, name: file });
  try {
    for await (const { fields, places } of readRecords(source, { owner: command, roles: rolesLike(roles) })) {
      const { text = "", expected = "" } = fields;
      yield { text, expected, ...(places.expected ? { place: places.expected } : {}) };
    }
  } finally {
    await source.close();
  }
}

/** Text and right answer, under the names that they have in training, too; what else a record holds is read over. */
function rolesLike([text, expected, ...others]: readonly Role[]): Role[] {
  const both = (role: Role, like: Role | undefined): Role => {
    return { ...role, headers: [...new Set([...(like?.headers ?? []), ...role.headers])] };
  };
  return [both(TEXT, text), both(EXPECTED, expected), ...others.map((role) => ({ ...role, optional: true }))];
}
