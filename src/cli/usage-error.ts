/** What was asked for on the command line cannot be. Other errors of the language are faults of the program. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
