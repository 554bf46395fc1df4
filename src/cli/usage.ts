import { type Command, CommanderError } from "commander";

/** Commander's complaints in the words of the house. */

export const PROGRAM = "fovea";

/** Names the command, and the formats that it writes, in what commander throws for it. */
export function nameOwner(command: Command): void {
  command.exitOverride((error) => {
    const formats = command.options.find(({ long }) => long === "--format")?.description;
    throw Object.assign(error, { owner: command.name(), formats });
  });
}

/** Not a fault: help or the version was asked for and printed. */
export function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

interface Rewording {
  readonly pattern: RegExp;
  readonly message: string;
  readonly mend?: string;
}

const REWORDED: readonly Rewording[] = [
  { pattern: /^unknown option '([^']*)'/, message: "expected an option of this command but found $1" },
  { pattern: /^unknown command '([^']*)'/, message: "expected a command but found $1" },
  { pattern: /^missing required argument '([^']*)'/, message: "expected <$1> but found nothing" },
  {
    pattern: /^option '[^']*?(--[\w-]+)[^']*' argument missing/,
    message: "expected a value after $1 but found nothing",
  },
  {
    pattern: /^too many arguments.* Expected (\d+) arguments? but got (\d+).*/,
    message: "expected $1 argument(s) but found $2",
    mend: "put a text with spaces in quotes, or see --help",
  },
];

/** What to print for a command line that cannot be read, empty where help was printed; undefined for any other error. */
export function usageMessage(error: unknown): string | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  if (error.code === "commander.help") return "";
  const [first = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  const rewording = REWORDED.find(({ pattern }) => pattern.test(first));
  const message = rewording ? first.replace(rewording.pattern, rewording.message) : first;
  const { owner, formats = "" } = error as { owner?: string; formats?: string };
  const format = /^unknown option '--(\w+)'/.exec(first)?.[1];
  const isFormat = format !== undefined && formats.split(/\W+/).includes(format);
  const hint = isFormat ? `--format ${format}` : /Did you mean (.*)\?/.exec(suggestion)?.[1];
  const mend = hint ? `did you mean ${hint}?` : (rewording?.mend ?? "see --help");
  return `${owner === undefined || owner === PROGRAM ? "" : `${owner}: `}${message}; ${mend}`;
}
