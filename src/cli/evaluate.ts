import type { TestEvent } from "../tasks/events.ts";
import type { Context } from "./context.ts";
import { didYouMean } from "./did-you-mean.ts";
import { EventDisplay, factLines, factsOf } from "./event-display.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { readLabelled } from "./labelled-lines.ts";
import { withModel } from "./model-folder.ts";
import { alternatives } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

export interface EvaluateOptions {
  readonly data?: string;
  /** Least values by metric. */
  readonly min?: Readonly<Record<string, number>>;
  readonly format: "human" | "json";
}

/** Measures a model, and checks what was measured against `--min`. */
export function evaluate(path: string, options: EvaluateOptions, context: Context): Promise<ExitCode> {
  return withModel(path, {
    context,
    command: "evaluate",
    async use(model) {
      const { data, format } = options;
      const pairs = data === undefined ? undefined : readLabelled(data, { cwd: context.cwd, command: "evaluate" });
      const display = new EventDisplay(context);
      let measured: TestEvent | undefined;
      try {
        for await (const event of model.evaluate(pairs ? { pairs } : {})) {
          if (event.type === "test") measured = event;
          const isResult = event.type === "test" || event.type === "examples";
          if (format === "human" || !isResult) await display.show(event);
        }
      } finally {
        await display.end();
      }
      if (!measured) throw new Error("evaluate: expected a measurement but found none");
      await context.stdout.write(format === "json" ? resultJson(measured) : factLines(factsOf(measured)));
      return checkGates(measured, options.min ?? {}, context);
    },
  });
}

function resultJson({ overall, groups, metrics }: TestEvent): string {
  return `${JSON.stringify({ exactMatch: overall.share, ...metrics, overall, groups }, null, 2)}\n`;
}

/** @throws UsageError for a metric that was not measured */
async function checkGates(
  { overall, metrics }: TestEvent,
  gates: Readonly<Record<string, number>>,
  { stderr }: Context,
): Promise<ExitCode> {
  const measured: Readonly<Record<string, number>> = { exactMatch: overall.share, ...metrics };
  let code: ExitCode = EXIT.done;
  for (const [metric, least] of Object.entries(gates)) {
    const value = Object.hasOwn(measured, metric) ? measured[metric] : undefined;
    if (value === undefined) {
      const names = Object.keys(measured);
      const expected = `expected --min to name ${alternatives(names)}`;
      throw new UsageError(`evaluate: ${expected} but found ${metric}${didYouMean(metric, names)}`);
    }
    if (value >= least) continue;
    await stderr.line(`fovea: evaluate: expected ${metric} of at least ${least} but found ${value.toFixed(4)}`);
    code = EXIT.gateMissed;
  }
  return code;
}
