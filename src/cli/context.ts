import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Folder } from "../data/folder.ts";
import type { Opened } from "../tasks/open-model.ts";
import type { OpenModel, Recipe, TrainOptions } from "../tasks/recipe.ts";
import { Output, type TextStream } from "./output.ts";

/** The world that a command runs in; tests put their own in its place. */
export interface Context {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How this program is called, for commands to try next. */
  readonly program: string;
  /** The folder that relative names start from. */
  readonly cwd: string;
  /** Milliseconds, from any start. */
  readonly now: () => number;
  /** From the call on, a first SIGINT or SIGTERM only aborts the signal; a second one kills. */
  readonly interruption: () => AbortSignal;
  readonly loadRecipes: () => Promise<readonly Recipe[]>;
  /** What training computes with. */
  readonly loadEngine: () => Promise<Pick<TrainOptions, "createEngine" | "backend">>;
  /** @param path of an existing folder */
  readonly openModel: (path: string) => Promise<OpenModel>;
  readonly openAnything: (folder: Folder) => Promise<Opened>;
  /** The folder of the studio's built page. */
  readonly page: string;
  readonly openBrowser: (address: string) => Promise<void>;
}

export function processContext(): Context {
  return {
    stdin: process.stdin,
    stdout: new Output(process.stdout as TextStream),
    stderr: new Output(process.stderr as TextStream, { forgiving: true }),
    env: process.env,
    program: programName(process.env),
    cwd: process.cwd(),
    now: () => performance.now(),
    interruption,
    loadRecipes: async () => (await import("../tasks/index.ts")).RECIPES,
    loadEngine: async () => {
      const [{ nodeEngine }, { nodeBackend }] = await Promise.all([
        import("../runtime/node-workers.ts"),
        import("../runtime/node.ts"),
      ]);
      return { createEngine: nodeEngine, backend: nodeBackend };
    },
    openModel: async (path) => {
      const [{ openModel }, { nodeFolder }, { nodeBackend }] = await Promise.all([
        import("../tasks/index.ts"),
        import("../data/node-folder.ts"),
        import("../runtime/node.ts"),
      ]);
      return openModel(nodeFolder(path), nodeBackend);
    },
    openAnything: async (folder) => {
      const [{ openAnything }, { nodeBackend }] = await Promise.all([
        import("../tasks/index.ts"),
        import("../runtime/node.ts"),
      ]);
      return openAnything(folder, nodeBackend);
    },
    page: fileURLToPath(new URL("../studio", import.meta.url)),
    openBrowser: async (address) => (await import("./open-browser.ts")).openBrowser(address),
  };
}

/** The path to open: as the user wrote it where that leads there, because messages repeat it. */
export function pathFrom({ cwd }: Context, path: string): string {
  return cwd === process.cwd() ? path : resolve(cwd, path);
}

/** Under npm (`npm start`, `npx`) the name alone would not be found. */
function programName(env: Context["env"]): string {
  return env.npm_command === undefined ? "fovea" : "npx fovea";
}

/** npm passes a signal on that the terminal has sent to us already: within this time, two are one. */
const ECHO_MILLISECONDS = 250;

function interruption(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    controller.abort();
    setTimeout(() => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    }, ECHO_MILLISECONDS).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return controller.signal;
}
