import { lineError, readLines } from "../data/text/lines.ts";
import type { Prediction, RejectedText } from "../tasks/events.ts";
import { DataError } from "../tensor/errors.ts";
import { type AnswerFormat, answerWriter } from "./answer-format.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { withModel } from "./model-folder.ts";

export interface PredictOptions {
  readonly texts: readonly string[];
  readonly format: AnswerFormat;
}

/** Answers the texts, or else the lines of standard input: one answer each, in order. */
export function predict(path: string, options: PredictOptions, context: Context): Promise<ExitCode> {
  return withModel(path, {
    context,
    command: "predict",
    async use(model) {
      const { texts, format } = options;
      const writer = answerWriter(format);
      const rejected = new Rejections(texts.length > 0 ? "text" : "line");
      await context.stdout.write(writer.start);
      for await (const block of texts.length > 0 ? [texts] : linesOf(context)) {
        let written = "";
        for await (const answer of model.predict(block)) {
          rejected.count(answer);
          written += writer.answer(answer);
        }
        await context.stdout.write(written);
        if (context.stdout.closed) return EXIT.done;
      }
      await context.stdout.write(writer.end());
      return rejected.report(context);
    },
  });
}

/** The lines of standard input in blocks, as they come. */
async function* linesOf({ stdin, stderr }: Context): AsyncGenerator<readonly (string | RejectedText)[], void> {
  if (stdin.isTTY && stderr.isTTY) await stderr.line("One text a line; Ctrl-D ends.");
  for await (const lines of readLines(bytesOf(stdin))) {
    yield lines.map(({ text, fault }) => (fault ? { text, error: lineError(fault) } : text));
  }
}

/** @throws DataError when standard input breaks off */
async function* bytesOf(stdin: Context["stdin"]): AsyncGenerator<Uint8Array, void> {
  try {
    yield* stdin;
  } catch (error) {
    throw new DataError(`predict: expected text on standard input but found ${(error as Error).message}`);
  }
}

/** Counts the texts that could not be answered. */
class Rejections {
  readonly #noun: string;
  #total = 0;
  #rejected = 0;
  #first: (RejectedText & { place: number }) | undefined;

  constructor(noun: string) {
    this.#noun = noun;
  }

  count(answer: Prediction | RejectedText): void {
    this.#total++;
    if (!("error" in answer)) return;
    this.#rejected++;
    this.#first ??= { ...answer, place: this.#total };
  }

  async report({ stderr }: Context): Promise<ExitCode> {
    if (!this.#first) return EXIT.done;
    const found =
      this.#total === 1
        ? `the only ${this.#noun} unreadable`
        : `${this.#rejected} of ${this.#total} ${this.#noun}s unreadable; the first is ${this.#noun} ${this.#first.place}`;
    await stderr.line(`fovea: predict: expected every ${this.#noun} to be readable but found ${found}`);
    return EXIT.data;
  }
}
