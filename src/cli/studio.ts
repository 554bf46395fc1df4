import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFiles, StudioServer } from "../server/index.ts";
import type { Opened } from "../tasks/open-model.ts";
import type { OpenModel } from "../tasks/recipe.ts";
import { DataError } from "../tensor/errors.ts";
import { type Context, pathFrom } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { quoted } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

export interface StudioOptions {
  readonly version: string;
  readonly runs: string;
  readonly host?: string;
  readonly port?: number;
  readonly open?: boolean;
  /** A folder to write the studio to instead of serving it. */
  readonly export?: string;
}

/** Serves the studio until it is interrupted, or writes it to a folder. */
export async function studio(path: string | undefined, options: StudioOptions, context: Context): Promise<ExitCode> {
  checkExport(options);
  await requireRunsFolder(options.runs, context);
  await requirePage(context);
  const { openModelFiles } = await import("../server/index.ts");
  const files = path === undefined ? undefined : await openModelFiles(pathFrom(context, path));
  // A model that cannot be shown is told here, not by an empty page.
  const opened = files && (await context.openAnything(files.folder));
  // A graph is no model that answers texts: the page runs it by itself.
  const model = opened?.kind === "task" ? opened.model : undefined;
  try {
    if (options.export === undefined) await serve({ files, model }, options, context);
    else await write(options.export, { version: options.version, files }, context);
    return EXIT.done;
  } finally {
    await closeOpened(opened);
  }
}

/** @throws UsageError where what is only for a server is given with `--export` */
function checkExport(options: StudioOptions): void {
  if (options.export === undefined) return;
  const other = (["host", "port", "open"] as const).find((name) => options[name] !== undefined);
  if (other === undefined) return;
  throw new UsageError(`studio: expected --export without --${other} but found both; leave one out`);
}

/** A folder that is not there yet has no runs yet. @throws UsageError for what is no folder */
async function requireRunsFolder(runs: string, context: Context): Promise<void> {
  const found = await stat(pathFrom(context, runs)).catch(() => undefined);
  if (!found || found.isDirectory()) return;
  throw new UsageError(
    `studio: expected --runs to name a folder but found a file at ${runs}; name the folder that holds the runs`,
  );
}

/** @throws DataError where the page was not built */
async function requirePage({ page }: Context): Promise<void> {
  const file = join(page, "index.html");
  await access(file).catch(() => {
    throw new DataError("studio: expected the studio's page to be built but found none; build it: npm run build", {
      file,
    });
  });
}

async function closeOpened(opened: Opened | undefined): Promise<void> {
  if (opened?.kind === "task") await opened.model.close();
  else await opened?.graph.close();
}

interface Shown {
  readonly files: ModelFiles | undefined;
  readonly model: OpenModel | undefined;
}

async function serve({ files, model }: Shown, options: StudioOptions, context: Context): Promise<void> {
  const { stdout, stderr, env, page } = context;
  const { version, runs, host, port, open } = options;
  const { studioApp } = await import("../server/index.ts");
  const onFault = (error: Error) => void stderr.line(`fovea: ${env.FOVEA_DEBUG ? error.stack : error.message}`);
  const app = studioApp({ page, version, runs: pathFrom(context, runs), files, model, onFault });
  // Heard from before the address is told: whoever reads it may interrupt at once.
  const interruption = context.interruption();
  const server = await listenOn(app, { host, port });
  try {
    await stdout.line(server.addresses.join("\n"));
    const model = files ? `${files.name} and ` : "";
    await stderr.line(`Fovea Studio shows ${model}the runs in ${runs}. Ctrl-C ends it.`);
    if (!server.isLocal) await stderr.line("Whoever reaches this machine on the network can look at them, too.");
    if (open) await openPage(server, context);
    await aborted(interruption);
  } finally {
    await server.close();
  }
}

async function openPage({ addresses: [address = ""] }: StudioServer, { openBrowser, stderr }: Context): Promise<void> {
  await openBrowser(address).catch(() =>
    stderr.line("No browser could be opened from here; open the address yourself."),
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** @throws UsageError for an address or a port that cannot be had */
async function listenOn(
  app: Parameters<typeof import("../server/index.ts").listen>[0],
  { host, port }: { host: string | undefined; port: number | undefined },
): Promise<StudioServer> {
  const { listen } = await import("../server/index.ts");
  try {
    return await listen(app, { host, port });
  } catch (error) {
    const message = fault((error as NodeJS.ErrnoException).code, host ?? "127.0.0.1", port);
    throw message === undefined ? error : new UsageError(message, { cause: error });
  }
}

function fault(code: string | undefined, host: string, port: number | undefined): string | undefined {
  switch (code) {
    case "EADDRINUSE":
      return `studio: expected port ${port} to be free but found another program there; name another with --port, or 0 for any`;
    case "EACCES":
      return `studio: expected a port that may be taken but found no permission for ${port}; name one above 1023 with --port`;
    case "EADDRNOTAVAIL":
    case "EAI_AGAIN":
    case "EINVAL":
    case "ENOTFOUND":
      return `studio: expected --host to be an address of this machine but found ${quoted(host)}; 127.0.0.1 is this machine alone, 0.0.0.0 all its addresses`;
    default:
      return undefined;
  }
}

async function write(
  path: string,
  { version, files }: { version: string; files: ModelFiles | undefined },
  context: Context,
): Promise<void> {
  const { exportStudio } = await import("../server/index.ts");
  await exportStudio(pathFrom(context, path), { page: context.page, version, files });
  await context.stdout.line(path);
  await context.stderr.line("Written. Any web server can serve this folder, under any path.");
}
