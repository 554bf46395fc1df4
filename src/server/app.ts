import { type Context, type Handler, Hono } from "hono";
import type { OpenModel } from "../tasks/recipe.ts";
import { DataError, ShapeError } from "../tensor/errors.ts";
import { Answers, QUESTION_CHECKS, QuestionError } from "./answers.ts";
import { type FollowedRun, type Pace, streamEvents } from "./event-stream.ts";
import { bytesToSend, fileBelow, type SentFile, sendFile } from "./files.ts";
import { readFinished } from "./finished-run.ts";
import { type ModelFiles, modelFilesIn } from "./model-files.ts";
import { Runs } from "./runs.ts";
import { SITE_FILE, type Site } from "./site.ts";
import { HEADERS } from "./trust.ts";

export interface StudioOptions {
  /** The folder of the built page. */
  readonly page: string;
  readonly version: string;
  /** The folder of runs. */
  readonly runs: string;
  readonly files?: ModelFiles | undefined;
  /** The model of these files, where it is of a task. */
  readonly model?: OpenModel | undefined;
  /** Hears of faults of the program. */
  readonly onFault: (error: Error) => void;
  /** Tests have less patience. */
  readonly pace?: Pace;
}

const PACE: Pace = { look: 250, heartbeat: 15_000 };

/** Followers of runs at the same time; a browser opens a handful. */
const MOST_STREAMS = 32;

/** Files of the build whose names change with their bytes. */
const HASHED = /^assets\//;

/** What the server answers, path by path. Hosts, other sites and paths that lead out are refused before (`trust.ts`). */
export function studioApp(options: StudioOptions): Hono {
  const { page, files, model } = options;
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  app.onError((error, context) => answerError(error, context, options.onFault));
  app.notFound((context) => nothingAt(context));

  const get = (path: string, handler: Handler) => {
    app.get(path, handler);
    app.all(path, (context) => otherMethod(context, "GET, HEAD"));
  };
  const site = siteBytes(options);
  get(`/${SITE_FILE}`, (context) => reply(context, SITE_FILE, site));
  get("/model/*", async (context) => {
    const name = pathBehind(context, /^\/model\//);
    return reply(context, name, await files?.file(name));
  });
  addRuns(get, options);
  addAnswers(app, model ? new Answers(model) : undefined, files);
  app.all("/api/*", (context) => nothingAt(context));
  get("/*", async (context) => {
    const name = pathBehind(context, /^\//) || "index.html";
    return reply(context, name, await fileBelow(page, name), HASHED.test(name));
  });
  return app;
}

function siteBytes({ version, files, model }: StudioOptions): SentFile {
  const site: Site = {
    version,
    mode: "server",
    model: files ? { name: files.name, files: files.files } : null,
    runs: true,
    predict: model !== undefined,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(site));
  return bytesToSend(bytes, `"${bytes.length.toString(36)}-${Date.now().toString(36)}"`);
}

function addRuns(get: (path: string, handler: Handler) => void, { runs: folder, pace = PACE }: StudioOptions): void {
  const runs = new Runs(folder);
  let streams = 0;
  get("/api/runs", async (context) => context.json({ runs: await runs.list() }, 200, { "cache-control": "no-store" }));
  get("/api/runs/:name/events", async (context) => {
    const name = context.req.param("name") as string;
    const path = await runs.pathOf(name);
    if (path === undefined) return nothingAt(context);
    if (context.req.raw.method === "HEAD") return otherMethod(context, "GET");
    if (streams >= MOST_STREAMS) {
      const error = `server: expected at most ${MOST_STREAMS} followers at a time but found one more; close a page`;
      return context.json({ error }, 503, { "retry-after": "10" });
    }
    streams++;
    const followed: FollowedRun = {
      instead: async () => readFinished(await modelFilesIn(path, name)),
      look: () => runs.look(name),
      onEnd: () => {
        streams--;
      },
    };
    try {
      return await streamEvents(context, followed, pace);
    } catch (error) {
      streams--;
      throw error;
    }
  });
  get("/api/runs/:name/model/*", async (context) => {
    const model = await runs.model(context.req.param("name") as string);
    const name = pathBehind(context, /^\/api\/runs\/[^/]+\/model\//);
    return reply(context, name, await model?.file(name));
  });
}

function addAnswers(app: Hono, answers: Answers | undefined, files: ModelFiles | undefined): void {
  const ask = (path: string, answer: (answers: Answers, context: Context) => Promise<Response>) => {
    if (!answers) {
      app.all(path, (context) => context.json({ error: noModel(files) }, 404));
      return;
    }
    app.post(path, ...QUESTION_CHECKS, (context) => answer(answers, context));
    app.all(path, (context) => otherMethod(context, "POST"));
  };
  ask("/api/predict", (all, context) => all.predict(context));
  ask("/api/explain", (all, context) => all.explain(context));
}

/** Why nothing is answered. */
function noModel(files: ModelFiles | undefined): string {
  const expected = "server: expected a model that answers texts but found";
  if (!files) return `${expected} none; start with one: fovea studio MODEL`;
  return `${expected} the graph ${files.name}, which only the page runs`;
}

/** What stands behind a prefix of the path, decoded. */
function pathBehind(context: Context, prefix: RegExp): string {
  return decodeURIComponent(new URL(context.req.url).pathname.replace(prefix, ""));
}

function reply(context: Context, name: string, file: SentFile | undefined, immutable = false): Response {
  if (!file) return nothingAt(context);
  return sendFile(file, { name, known: context.req.header("if-none-match"), immutable });
}

function nothingAt(context: Context): Response {
  return context.json({ error: `server: expected a path of the studio but found ${context.req.path}` }, 404);
}

function otherMethod(context: Context, allowed: string): Response {
  const error = `server: expected ${allowed.replace(", ", " or ")} but found ${context.req.raw.method}`;
  return context.json({ error }, 405, { allow: allowed });
}

/** What a question can cause is its own fault, and that it ends in the middle; anything else is the program's, and its words stay here. */
function answerError(error: Error, context: Context, onFault: (error: Error) => void): Response {
  const isTheirs = [QuestionError, DataError, ShapeError, RangeError].some((kind) => error instanceof kind);
  if (isTheirs) return context.json({ error: error.message }, 400);
  const isCutOff = context.req.raw.signal.aborted && (error as NodeJS.ErrnoException).code === "ECONNRESET";
  if (isCutOff) return context.body(null, 400);
  onFault(error);
  return context.json({ error: "server: expected no fault but found one; the terminal tells which" }, 500);
}
