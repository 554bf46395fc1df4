import { formatDuration, formatNumber } from "fovea/views";
import { useId, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { fits, PERCENT } from "./form.ts";
import { rateNow } from "./learning-rate.ts";
import { TRAIN } from "./messages.ts";
import { NumberField } from "./number-field.tsx";
import { steer } from "./train-store.ts";
import type { TrainingState } from "./training-state.ts";

/** How far it has come, how fast, and how long it may take. */
function Progress({ state }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const { progress, start, request, phase, compute } = state;
  const step = progress?.step ?? start?.step ?? 0;
  const steps = start?.steps ?? request?.steps ?? 1;
  const isMoving = phase === "training";
  return (
    <div class="stack tight">
      <div class="row spread">
        <h2 tabIndex={-1}>{words.phases[phase]}</h2>
        {compute && (
          <span class="badge" title={compute.why}>
            {words.backend(compute.backend)}
            {compute.backend === "wasm" && ` × ${start?.workers ?? request?.workers ?? 1}`}
          </span>
        )}
      </div>
      <progress
        class="train-progress"
        max={steps}
        value={phase === "starting" || phase === "measuring" ? undefined : step}
        aria-label={words.phases[phase]}
      />
      <div class="row spread small">
        <span>{words.step(formatNumber(step), formatNumber(steps))}</span>
        {isMoving && progress && <span>{words.left(formatDuration(progress.secondsLeft))}</span>}
      </div>
      <p class="small muted">
        {progress ? words.pace(formatNumber(Math.round(progress.examplesPerSecond))) : "\u00a0"}
      </p>
    </div>
  );
}

function Buttons({ state: { phase } }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const isPaused = phase === "paused";
  const isRunning = isPaused || phase === "training";
  return (
    <div class="train-buttons">
      <button
        type="button"
        class="button primary"
        disabled={!isRunning}
        onClick={() => steer({ kind: isPaused ? "resume" : "pause" })}
      >
        {isPaused ? words.resume : words.pause}
      </button>
      <button type="button" class="button" disabled={!isPaused} onClick={() => steer({ kind: "step", count: 1 })}>
        {words.oneStep}
      </button>
      <button
        type="button"
        class="button"
        disabled={!isRunning}
        title={words.finishTitle}
        onClick={() => steer({ kind: "finish" })}
      >
        {words.finish}
      </button>
      <button
        type="button"
        class="button quiet"
        disabled={!isRunning}
        title={words.abortTitle}
        onClick={() => steer({ kind: "abort" })}
      >
        {words.abort}
      </button>
    </div>
  );
}

/** The learning rate's factor, from a tenth to ten times, in equal ratios. */
function LearningRate({ state }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const label = useId();
  const { factor } = state;
  const rate = rateNow(state);
  const text = words.factor(formatNumber(factor, 2));
  const set = (exponent: number) => steer({ kind: "learningRate", factor: 10 ** exponent });
  return (
    <div class="field">
      <span class="row spread">
        <span id={label}>{words.learningRate}</span>
        <span>
          {text}
          {rate !== undefined && ` → ${formatNumber(rate, 2)}`}
        </span>
      </span>
      <span class="train-with-unit">
        <input
          type="range"
          min="-1"
          max="1"
          step="0.05"
          value={Math.log10(factor)}
          aria-labelledby={label}
          aria-valuetext={text}
          onInput={(event) => set(Number(event.currentTarget.value))}
        />
        <button
          type="button"
          class="icon"
          title={words.resetFactor}
          aria-label={words.resetFactor}
          onClick={() => set(0)}
        >
          ↺
        </button>
      </span>
    </div>
  );
}

/** The share of validation dates that ends the training; takes effect with the next validation. */
function StopRule({ state: { stopAt } }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const [text, setText] = useState(stopAt === undefined ? "" : formatNumber(100 * stopAt));
  const isFit = text === "" || fits(text, PERCENT);
  const change = (next: string) => {
    setText(next);
    if (next === "") steer({ kind: "stopAt", share: undefined });
    else if (fits(next, PERCENT)) steer({ kind: "stopAt", share: Number(next) / 100 });
  };
  return (
    <NumberField
      label={words.stopRule}
      value={text}
      fault={isFit ? undefined : PERCENT}
      unit={words.stopUnit}
      hint={words.stopHint}
      onInput={change}
    />
  );
}

/** A training under way, and all that steers it. */
export function Controls({ state }: { readonly state: TrainingState }) {
  return (
    <section class="panel stack">
      <Progress state={state} />
      <Buttons state={state} />
      <LearningRate state={state} />
      <StopRule state={state} />
    </section>
  );
}
