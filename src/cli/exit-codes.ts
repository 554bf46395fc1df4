import { DataError, ModelError } from "../tensor/errors.ts";
import { UsageError } from "./usage-error.ts";

/** What a run tells the shell. */
export const EXIT = {
  done: 0,
  failure: 1,
  usage: 2,
  data: 3,
  model: 4,
  /** A measurement missed what `--min` asks for. */
  gateMissed: 5,
  /** Stopped by a signal, after a checkpoint. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** `InterruptedError` is told by its name, so that the tasks need not be loaded for it. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof DataError) return EXIT.data;
  if (error instanceof ModelError) return EXIT.model;
  if (error instanceof UsageError) return EXIT.usage;
  return error instanceof Error && error.name === "InterruptedError" ? EXIT.interrupted : EXIT.failure;
}
