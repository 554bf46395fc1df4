import type { TestEvent } from "../tasks/events.ts";
import type { Measures } from "../tasks/recipe.ts";
import type { Context } from "./context.ts";
import { choicesFor } from "./did-you-mean.ts";
import { EventDisplay, factLines, factsOf } from "./event-display.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { readLabelled } from "./labelled-lines.ts";
import { withModel } from "./model-folder.ts";
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
      const { data, format, min: gates = {} } = options;
      checkGates(gates, model.measures?.[data === undefined ? "own" : "pairs"]);
      const recipe = (await context.loadRecipes()).find(({ name }) => name === model.task);
      const asTrained = { cwd: context.cwd, command: "evaluate", roles: recipe?.roles };
      const pairs = data === undefined ? undefined : readLabelled(data, asTrained);
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
      return passGates(measured, gates, context);
    },
  });
}

function resultJson({ overall, groups, metrics }: TestEvent): string {
  return `${JSON.stringify({ exactMatch: overall.share, ...metrics, overall, groups }, null, 2)}\n`;
}

type Gates = Readonly<Record<string, number>>;

/** What every model is measured by. */
const ALWAYS: Measures = { exactMatch: 1 };

/**
 * What can be said of gates before anything is measured.
 *
 * @throws UsageError for a metric that will not be measured, and for a value that it cannot reach
 */
function checkGates(gates: Gates, measures: Measures | undefined): void {
  const known = { ...ALWAYS, ...measures };
  if (measures) requireNames(gates, Object.keys(known));
  for (const [metric, least] of Object.entries(gates)) {
    const most = Object.hasOwn(known, metric) ? (known[metric] as number) : Number.POSITIVE_INFINITY;
    if (least <= most) continue;
    throw new UsageError(
      `evaluate: expected --min to ask for ${metric} of at most ${most}, the most that there is, but found ${least}`,
    );
  }
}

/** @throws UsageError for a gate of another name */
function requireNames(gates: Gates, names: readonly string[]): void {
  const strange = Object.keys(gates).find((metric) => !names.includes(metric));
  if (strange === undefined) return;
  const { choices, hint } = choicesFor(strange, names);
  throw new UsageError(
    `evaluate: expected --min to name a metric of this measurement${choices} but found ${strange}${hint}`,
  );
}

/** @throws UsageError for a metric that was not measured */
async function passGates({ overall, metrics }: TestEvent, gates: Gates, { stderr }: Context): Promise<ExitCode> {
  const measured: Readonly<Record<string, number>> = { exactMatch: overall.share, ...metrics };
  requireNames(gates, Object.keys(measured));
  let code: ExitCode = EXIT.done;
  for (const [metric, least] of Object.entries(gates)) {
    const value = measured[metric] as number;
    if (value >= least) continue;
    await stderr.line(`fovea: evaluate: expected ${metric} of at least ${least} but found ${value.toFixed(4)}`);
    code = EXIT.gateMissed;
  }
  return code;
}
