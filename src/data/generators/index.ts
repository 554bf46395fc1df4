/**
 * Generators of example data: pairs of texts, drawn from a seed, to try the recipes on. Each file is one generator (some with a
 * file of words beside it); `GENERATORS` is the list, and all keep the contract of `generator.ts`. A text decides by itself to
 * which split it belongs (`splitOf`). May import `tensor/` and `data/dates/`.
 */
import { AMOUNTS } from "./amounts.ts";
import { FOREIGN_DATES } from "./foreign-dates.ts";
import type { Generator } from "./generator.ts";
import { QUESTIONS } from "./questions.ts";
import { TIMES } from "./times.ts";

export {
  type DistinctOptions,
  distinctExamples,
  type ExampleOptions,
  type Form,
  type Generated,
  type Generator,
} from "./generator.ts";
export { askerSpan, type CodePointSpan } from "./questions.ts";
export { splitOf } from "./split.ts";

export const GENERATORS: readonly Generator[] = [TIMES, AMOUNTS, FOREIGN_DATES, QUESTIONS];
