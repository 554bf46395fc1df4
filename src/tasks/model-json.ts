import type * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { ModelError } from "../tensor/errors.ts";

/** What is wrong with a value, in words; the small form of zod brings none. */
const WORDS = en().localeError;

/** Bytes, and where they stand, for messages. */
export interface Part {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * A JSON file of a model folder, of the form that its task has.
 *
 * @throws ModelError naming the file and what is wrong in it
 */
export function parseJson<T>({ file, bytes }: Part, type: z.ZodMiniType<T>, task: string): T {
  const fail = (found: string): never => {
    throw new ModelError(`model: expected ${file} to be of a ${task} model but found ${found}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return fail(`damaged JSON (${(error as Error).message})`);
  }
  const checked = type.safeParse(value, { error: WORDS });
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  return fail(`${issue?.path.join(".") || "another object"}: ${issue?.message}`);
}
