import { formatDuration } from "../views/number-text.ts";
import { type Progress, progressLine } from "../views/progress-line.ts";
import type { TerminalOptions } from "../views/render.ts";
import { detectColor, detectTheme, detectUnicode } from "../views/terminal-color.ts";
import { visibleText } from "../views/token-text.ts";
import type { Context } from "./context.ts";
import type { Output } from "./output.ts";

/** How pictures and tables are drawn on an output. */
export function drawingFor(
  output: Output,
  env: Context["env"],
): Required<Pick<TerminalOptions, "color" | "width" | "theme" | "unicode">> {
  return {
    color: detectColor({ env, isTTY: output.isTTY }),
    width: output.columns,
    theme: detectTheme({ env }),
    unicode: detectUnicode({ env }),
  };
}

export type ProgressState = Omit<Progress, "width" | "unicode" | "elapsedSeconds"> & { readonly secondsLeft: number };

const MILLISECONDS_REDRAWN = 66;
const MILLISECONDS_LOGGED = 5000;

/**
 * Progress on stderr: on a terminal one line that is written over, at most some fifteen times a second; elsewhere a plain line
 * every five seconds.
 */
export class ProgressDisplay {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #env: Context["env"];
  readonly #isLive: boolean;
  readonly #start: number;
  #drawnAt: number;
  #last: ProgressState | undefined;
  #isShown = false;

  constructor({ stderr, now, env }: Pick<Context, "stderr" | "now" | "env">) {
    this.#output = stderr;
    this.#now = now;
    this.#env = env;
    this.#isLive = stderr.isTTY && env.TERM !== "dumb";
    this.#start = now();
    this.#drawnAt = this.#isLive ? Number.NEGATIVE_INFINITY : this.#start;
  }

  async update(state: ProgressState): Promise<void> {
    this.#last = state;
    const pause = this.#isLive ? MILLISECONDS_REDRAWN : MILLISECONDS_LOGGED;
    if (this.#now() - this.#drawnAt >= pause) await this.#draw();
  }

  /** Writes a line of its own, above the progress. */
  async notice(text: string): Promise<void> {
    await this.#clear();
    await this.#output.line(text);
  }

  /** Leaves the last state on the screen, and no line half written. */
  async end(): Promise<void> {
    if (!this.#last) return;
    await this.#draw();
    if (this.#isShown) await this.#output.line();
    this.#isShown = false;
    this.#last = undefined;
  }

  async #clear(): Promise<void> {
    if (this.#isShown) await this.#output.write("\r\x1b[K");
    this.#isShown = false;
  }

  async #draw(): Promise<void> {
    const state = this.#last as ProgressState;
    this.#drawnAt = this.#now();
    if (!this.#isLive) return this.#output.line(this.#plainLine(state));
    // Room for the ^C that a terminal echoes; a line that wraps could not be written over.
    const width = this.#output.columns - 2;
    const unicode = detectUnicode({ env: this.#env });
    const line = progressLine({ ...state, width, unicode, elapsedSeconds: this.#elapsed(state) });
    await this.#output.write(`\r${line}\x1b[K`);
    this.#isShown = true;
  }

  /** The time from which `progressLine` reckons the time left that the task has told. */
  #elapsed({ step, steps, secondsLeft }: ProgressState): number {
    const sinceStart = (this.#now() - this.#start) / 1000;
    return step < steps && Number.isFinite(secondsLeft) ? (secondsLeft * step) / (steps - step) : sinceStart;
  }

  #plainLine({ label, step, steps, fields = [], secondsLeft }: ProgressState): string {
    const shown = fields.map(([name, value]) => visibleText(`${name} ${value}`.trim()));
    const left = step < steps && Number.isFinite(secondsLeft) ? [`${formatDuration(secondsLeft)} left`] : [];
    return [`${label} ${step}/${steps}`, ...shown, ...left].join("  ");
  }
}
