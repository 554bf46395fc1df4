import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { MiddlewareHandler } from "hono/types";
import { z } from "zod";
import type { Change, Explanation, Prediction, RejectedText } from "../tasks/events.ts";
import type { OpenModel } from "../tasks/recipe.ts";
import { faultOf } from "../tasks/schema-fault.ts";

/** Bytes that a question may have. */
export const MOST_BODY_BYTES: number = 2 ** 16;

const place: z.ZodNumber = z.int().min(0).max(1_000_000);

const change = z.strictObject({
  masked: z.array(place).optional(),
  forced: z.array(z.strictObject({ step: place, weights: z.array(z.number().min(0)) })).optional(),
  written: z.array(z.strictObject({ step: place, token: z.string() })).optional(),
});

const predictRequest = z.strictObject({ texts: z.array(z.string()).min(1) });
const explainRequest = z.strictObject({ text: z.string(), change: change.optional() });

/** A model that answers one question after the other. */
export class Answers {
  readonly #model: OpenModel;
  #last: Promise<unknown> = Promise.resolve();

  constructor(model: OpenModel) {
    this.#model = model;
  }

  /** `{ "texts": […] }` → `{ "predictions": […] }`, one for each text, in order; one that cannot be read has an `error`. */
  async predict(context: Context): Promise<Response> {
    const { texts } = await question(context, predictRequest);
    const { signal } = context.req.raw;
    const predictions = await this.#inTurn(signal, async () => {
      const all: (Prediction | RejectedText)[] = [];
      for await (const answer of this.#model.predict(texts)) {
        if (signal.aborted) return undefined;
        all.push(answer);
      }
      return all;
    });
    return predictions ? context.json({ predictions }) : toNobody(context);
  }

  /** `{ "text": …, "change"?: … }` → an `Explanation`. */
  async explain(context: Context): Promise<Response> {
    const { text, change: changed } = await question(context, explainRequest);
    const { signal } = context.req.raw;
    const explanation = await this.#inTurn(signal, () => this.#model.explain(text, changed as Change | undefined));
    return explanation ? context.json(plain(explanation)) : toNobody(context);
  }

  /** Undefined where whoever asked did not wait for the turn. */
  #inTurn<Answer>(signal: AbortSignal, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    const answer = this.#last.then(() => (signal.aborted ? undefined : ask()));
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}

/** For whoever is gone: nothing is sent. */
function toNobody(context: Context): Response {
  return context.body(null, 204);
}

/** The weights as a list, which a typed array is not as JSON. */
function plain({ map, ...rest }: Explanation): object {
  return { ...rest, map: { ...map, weights: Array.from(map.weights) } };
}

/** Refuses what is no JSON, and what is longer than a question may be, also where its length is not told beforehand. */
export const QUESTION_CHECKS: readonly [MiddlewareHandler, MiddlewareHandler] = [
  async (context, next) => {
    const type = context.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
    if (type === "application/json") return next();
    const error = `server: expected a body of application/json but found ${type ?? "no type"}`;
    return context.json({ error }, 415);
  },
  bodyLimit({
    maxSize: MOST_BODY_BYTES,
    onError: (context) => {
      const error = `server: expected a body of at most ${MOST_BODY_BYTES} bytes but found more; ask in parts`;
      return context.json({ error }, 413);
    },
  }),
];

/** The body of a question is not what it must be. */
export class QuestionError extends Error {
  override readonly name = "QuestionError";
}

/** @throws QuestionError for a body that is no JSON, or of other fields */
async function question<Schema extends z.ZodType>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const text = await context.req.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new QuestionError(`server: expected JSON but found damage (${(error as Error).message})`);
  }
  const { data, error } = schema.safeParse(body);
  if (error === undefined) return data as z.output<Schema>;
  const { path, wanted, found } = faultOf(error, body);
  throw new QuestionError(`server: expected ${path || "the body"} to be ${wanted} but found ${found}`);
}
