import type { Prediction, RejectedText, TaskEvent } from "../tasks/events.ts";
import type { Opened } from "../tasks/open-model.ts";
import type { OpenModel, Recipe } from "../tasks/recipe.ts";
import { DataError } from "../tensor/errors.ts";
import type { Context } from "./context.ts";
import { Output, type TextStream } from "./output.ts";

/** Everything that was written to a stream, which fails after some writes where it is told to. */
export class TestStream implements TextStream {
  readonly isTTY: boolean;
  readonly columns: number;
  text = "";
  writes = 0;
  readonly #failure: { after: number; code: string } | undefined;

  constructor(options: { isTTY?: boolean; columns?: number; failure?: { after: number; code: string } } = {}) {
    this.isTTY = options.isTTY ?? false;
    this.columns = options.columns ?? 80;
    this.#failure = options.failure;
  }

  write(text: string, done: (error?: Error | null) => void): boolean {
    this.writes++;
    if (this.#failure && this.writes > this.#failure.after) {
      done(Object.assign(new Error(`write ${this.#failure.code}`), { code: this.#failure.code }));
      return false;
    }
    this.text += text;
    done();
    return true;
  }

  on(): void {}
}

export interface TestContext {
  readonly context: Context;
  readonly stdout: TestStream;
  readonly stderr: TestStream;
  readonly interrupt: () => void;
  /** Addresses that a browser was opened with. */
  readonly opened: readonly string[];
}

export interface TestWorld {
  readonly stdin?: readonly (string | Uint8Array)[];
  readonly stdinIsTTY?: boolean;
  readonly stdout?: TestStream;
  readonly stderr?: TestStream;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly recipes?: readonly Recipe[];
  readonly model?: OpenModel;
  /** What is opened where it may be anything. @default the model */
  readonly opened?: Opened;
  /** The folder of a built page. */
  readonly page?: string;
  /** Milliseconds that pass from one look at the clock to the next. */
  readonly tick?: number;
}

export function testContext(world: TestWorld = {}): TestContext {
  const { stdout = new TestStream(), stderr = new TestStream(), stdin = [], tick = 1000 } = world;
  const controller = new AbortController();
  const opened: string[] = [];
  let time = 0;
  const context: Context = {
    stdin: Object.assign(bytesOf(stdin), { isTTY: world.stdinIsTTY ?? false }),
    stdout: new Output(stdout),
    stderr: new Output(stderr, { forgiving: true }),
    env: world.env ?? {},
    program: "fovea",
    cwd: world.cwd ?? process.cwd(),
    now: () => {
      time += tick;
      return time;
    },
    interruption: () => controller.signal,
    loadRecipes: async () => world.recipes ?? [],
    loadEngine: async () => ({ createEngine: unused, backend: undefined as never }),
    openModel: async () => world.model ?? testModel(),
    openAnything: async () => world.opened ?? { kind: "task", model: world.model ?? testModel() },
    page: world.page ?? "page",
    openBrowser: async (address) => {
      opened.push(address);
    },
  };
  return { context, stdout, stderr, interrupt: () => controller.abort(), opened };
}

async function unused(): Promise<never> {
  throw new Error("the fake recipe computes nothing");
}

async function* bytesOf(parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield typeof part === "string" ? new TextEncoder().encode(part) : part;
}

/** An answer of a model that doubts the longer texts. */
export function testAnswer(text: string): Prediction {
  const certain = text.length < 12;
  return { text, output: "1998-05-09", confidence: certain ? 0.993 : 0.418, certain, valid: !text.includes("31") };
}

export interface TestModelOptions {
  readonly events?: readonly TaskEvent[];
  readonly onClose?: () => void;
  readonly measures?: OpenModel["measures"];
}

/** A model that takes texts of 1 to 30 characters and answers them all alike. */
export function testModel({ events = [], onClose = () => undefined, measures }: TestModelOptions = {}): OpenModel {
  return {
    ...(measures ? { measures } : {}),
    task: "test",
    path: "model",
    async *predict(texts) {
      for await (const text of texts) yield typeof text === "string" ? answerOrReject(text) : text;
    },
    async explain(text) {
      const answer = answerOrReject(text);
      if ("error" in answer) throw new DataError(answer.error);
      return {
        prediction: answer,
        map: {
          title: `${text} → 1998-05-09`,
          rows: ["1", "9"],
          columns: ["m", "a", "y"],
          weights: [0.1, 0.2, 0.7, 1, 0, 0],
        },
        candidates: [
          [
            { token: "1", probability: 0.75 },
            { token: "2", probability: 0.25 },
          ],
          [{ token: "9", probability: 1 }],
        ],
      };
    },
    async *evaluate({ pairs } = {}) {
      let count = 0;
      if (pairs) for await (const pair of pairs) count += pair.text.length > 0 ? 1 : 0;
      for (const event of events) {
        yield event.type === "test" && pairs ? { ...event, rejected: count } : event;
      }
    },
    close: async () => onClose(),
  };
}

function answerOrReject(text: string): Prediction | RejectedText {
  if (text.length >= 1 && text.length <= 30) return testAnswer(text);
  return { text, error: `text: expected 1 to 30 characters but found ${text.length}` };
}
