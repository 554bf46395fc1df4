import { plainText } from "../views/token-text.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode, exitCodeOf } from "./exit-codes.ts";
import { createProgram } from "./program.ts";
import { isHelp, PROGRAM, usageMessage } from "./usage.ts";

/** Runs one command line and answers with its exit code; whatever goes wrong is said on stderr. */
export async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(context, (exitCode) => {
    code = exitCode;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (isHelp(error)) return EXIT.done;
    const usage = usageMessage(error);
    if (usage !== "") await report(usage ?? error, context);
    return usage === undefined ? exitCodeOf(error) : EXIT.usage;
  }
}

/** One line for what a user can cause; all that is known where `FOVEA_DEBUG` is set. */
async function report(error: unknown, { stderr, env }: Context): Promise<void> {
  const isError = error instanceof Error;
  const message = isError ? error.message || error.name : String(error);
  await stderr.line(plainText(`${PROGRAM}: ${message}${placeOf(error, message)}`));
  if (!isError) return;
  if (env.FOVEA_DEBUG) await stderr.line(plainText(inspect(error)));
  else if (exitCodeOf(error) === EXIT.failure) await stderr.line("Set FOVEA_DEBUG=1 to see where it happened.");
}

/** ` (file:line:column)`, where the error knows it and does not say so. */
function placeOf(error: unknown, message: string): string {
  const { file, line, column } = error as { file?: unknown; line?: unknown; column?: unknown };
  if (typeof file !== "string" || line === undefined || message.includes(`${file}:`)) return "";
  return ` (${[file, line, ...(column === undefined ? [] : [column])].join(":")})`;
}

function inspect(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${inspect(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
