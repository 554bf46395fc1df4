/** Models of the runs that the page's server has. */
import { list } from "./models.ts";
import { fetchFiles } from "./site.ts";

const RUNS = "runs/";

/** The name that a run's model has in this page and in addresses. */
export const runModelName = (run: string): string => RUNS + run;

/** Whether a name may be that of a run's model. */
export const isRunModel = (name: string): boolean => name.startsWith(RUNS);

/** A run with a model to look at, as far as it can be understood. */
interface RunModel {
  readonly name: string;
  readonly files: readonly string[];
}

/** The runs that have a model, of what the server lists. */
export function runModels(answer: unknown): RunModel[] {
  const { runs } = (answer ?? {}) as { runs?: unknown };
  if (!Array.isArray(runs)) return [];
  return runs.flatMap((run) => {
    const { name, model } = (run ?? {}) as { name?: unknown; model?: { files?: unknown } | null };
    if (typeof name !== "string" || !Array.isArray(model?.files)) return [];
    return [{ name, files: model.files.filter((file) => typeof file === "string") }];
  });
}

/** Lists the model of a run, if the server has it: an address may name one that the page has not met. */
export async function findRunModel(name: string): Promise<void> {
  const response = await fetch("api/runs", { cache: "no-store" }).catch(() => undefined);
  const answer: unknown = response?.ok ? await response.json().catch(() => undefined) : undefined;
  const run = runModels(answer).find((one) => runModelName(one.name) === name);
  if (!run) return;
  const folder = `api/runs/${encodeURIComponent(run.name)}/model/`;
  list({ name, source: "run", load: () => fetchFiles(folder, run.files) });
}
