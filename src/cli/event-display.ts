import type { DataEvent, ProgressEvent, StartEvent, TaskEvent, TestEvent } from "../tasks/events.ts";
import { exampleTable, groupTable } from "../views/event-tables.ts";
import { formatNumber, renderTerminal, visibleText } from "../views/index.ts";
import { percent, testFacts } from "../views/measure-text.ts";
import type { Context } from "./context.ts";
import { drawingFor, ProgressDisplay } from "./terminal.ts";

/** Shows what a task tells: progress and warnings on stderr, what was measured on stdout. */
export class EventDisplay {
  readonly #context: Context;
  readonly #progress: ProgressDisplay;
  #measured: [string, string] | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#progress = new ProgressDisplay(context);
  }

  async show(event: TaskEvent): Promise<void> {
    switch (event.type) {
      case "start":
        return this.#progress.notice(startText(event));
      case "data":
        return this.#progress.notice(dataText(event));
      case "progress":
        return this.#progress.update(this.#progressOf(event));
      case "evaluation":
        this.#measured = shortMeasure(event.metrics);
        return;
      case "warning":
        return this.#progress.notice(visibleText(`warning: ${event.message}`));
      case "test":
        await this.#progress.end();
        if (event.groups.length > 0) await this.#picture(groupTable(event));
        return;
      case "examples":
        await this.#progress.end();
        await this.#picture(exampleTable(event));
        if (event.maps[0]) await this.#picture(event.maps[0]);
        return;
      case "checkpoint":
      case "saved":
        return;
    }
  }

  notice(text: string): Promise<void> {
    return this.#progress.notice(text);
  }

  /** To be called when the events end, however they do. */
  end(): Promise<void> {
    return this.#progress.end();
  }

  async #picture(picture: Parameters<typeof renderTerminal>[0]): Promise<void> {
    const { stdout, env } = this.#context;
    await stdout.line(`${renderTerminal(picture, drawingFor(stdout, env))}\n`);
  }

  #progressOf(event: ProgressEvent) {
    const { step, steps, loss, examplesPerSecond, secondsLeft } = event;
    // Short enough for all of it to stand on 80 columns.
    const fields: [string, string][] = [["loss", formatNumber(loss, loss < 0.1 ? 2 : 3)]];
    if (this.#measured) fields.push(this.#measured);
    fields.push(["", `${formatNumber(Math.round(examplesPerSecond))} examples/s`]);
    return { label: "step", step, steps, fields, secondsLeft };
  }
}

/** The measure that says most, short enough for a line of progress. */
function shortMeasure(metrics: Readonly<Record<string, number>>): [string, string] | undefined {
  const { exactMatch, accuracy, bleu, rougeL, perplexity } = metrics;
  if (bleu !== undefined && exactMatch === undefined) return ["BLEU", formatNumber(bleu, 3)];
  if (rougeL !== undefined) return ["ROUGE-L", percent(rougeL)];
  if (accuracy !== undefined) return ["accuracy", percent(accuracy)];
  if (bleu !== undefined && perplexity !== undefined) return ["perplexity", formatNumber(perplexity, 3)];
  return exactMatch === undefined ? undefined : ["exact", percent(exactMatch)];
}

/** What a training learns from. */
function dataText({ files, train, validation, test, vocabulary }: DataEvent): string {
  const sizes = Object.entries(vocabulary).map(([name, size]) => `${formatNumber(size)} tokens of ${name}`);
  const parts = `${formatNumber(train)} examples, ${formatNumber(validation)} for validation, ${formatNumber(test)} for the test`;
  return `${visibleText(files.join(", "))}\n${[parts, ...sizes].join(", ")}`;
}

function startText({ task, parameters, step, steps, workers, seed, folder }: StartEvent): string {
  const begin = step === 0 ? "" : ` from step ${formatNumber(step)}`;
  const threads = workers === 1 ? "1 worker" : `${workers} workers`;
  const sizes = `${formatNumber(steps)} steps, ${formatNumber(parameters)} parameters`;
  return `${visibleText(`Training ${task} into ${folder}${begin}`)}\n${sizes}, ${threads}, seed ${seed}`;
}

/** What was measured, as names and values. */
export function factsOf(test: TestEvent): [name: string, value: string][] {
  const { rejected } = test;
  const unread: [string, string][] = rejected ? [["rejected", formatNumber(rejected)]] : [];
  return [...testFacts(test), ...unread];
}

export function factLines(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}
