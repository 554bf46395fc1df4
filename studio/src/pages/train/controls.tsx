import type { DataEvent } from "fovea/tasks";
import { formatDuration, formatNumber } from "fovea/views";
import { useId, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { isRightShare, measureOf } from "../../state/measures.ts";
import { fits, PERCENT } from "./form.ts";
import { rateNow } from "./learning-rate.ts";
import { TRAIN } from "./messages.ts";
import { NumberField } from "./number-field.tsx";
import { phaseName } from "./phase-name.ts";
import { RECIPE_WORDS } from "./recipe-messages.ts";
import { steer } from "./train-store.ts";
import type { TrainingState } from "./training-state.ts";

/** How far it has come, how fast, and how long it may take. */
function Progress({ state }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const recipeWords = useMessages(RECIPE_WORDS);
  const { progress, start, request, phase, compute } = state;
  const name = phaseName(state, words, recipeWords);
  const step = progress?.step ?? start?.step ?? 0;
  const steps = start?.steps ?? request?.steps;
  const isMoving = phase === "training";
  return (
    <div class="stack tight">
      <div class="row spread">
        <h2 tabIndex={-1}>{name}</h2>
        {compute && (
          <span class="badge" title={compute.why}>
            {words.backend(compute.backend)}
            {compute.backend === "wasm" && ` × ${start?.workers ?? request?.workers ?? 1}`}
          </span>
        )}
      </div>
      <progress
        class="train-progress"
        max={steps ?? 1}
        value={phase === "starting" || phase === "measuring" ? undefined : step}
        aria-label={name}
      />
      <div class="row spread small">
        <span>{steps === undefined ? "\u00a0" : words.step(formatNumber(step), formatNumber(steps))}</span>
        {isMoving && progress && <span>{words.left(formatDuration(progress.secondsLeft))}</span>}
      </div>
      <p class="small muted">
        {progress ? words.pace(formatNumber(Math.round(progress.examplesPerSecond))) : "\u00a0"}
      </p>
      {state.data && <DataNote data={state.data} />}
    </div>
  );
}

/** What it learns from, where that is files. */
function DataNote({ data }: { readonly data: DataEvent }) {
  const words = useMessages(RECIPE_WORDS);
  const parts = Object.entries(data.vocabulary).map(([name, count]) => {
    return [words.vocabularies[name] ?? name, formatNumber(count)] as const;
  });
  return (
    <p class="small muted">
      {words.learnsFrom(formatNumber(data.train), formatNumber(data.validation), formatNumber(data.test))}{" "}
      {words.vocabulary(parts)}
    </p>
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

/** The share of right validation answers that ends the training; takes effect with the next validation. */
function StopRule({ state: { stopAt, request } }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const { stopUnit } = useMessages(RECIPE_WORDS);
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
      unit={stopUnit(request?.recipe === "dates")}
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
      {isRightShare(measureOf(state.request?.recipe ?? "")) && <StopRule state={state} />}
    </section>
  );
}
