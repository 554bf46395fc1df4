import { useEffect } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { useStore } from "../../state/store.ts";
import { Announcer } from "./announcer.tsx";
import { Controls } from "./controls.tsx";
import { Interruption } from "./interruption.tsx";
import { TRAIN as WORDS } from "./messages.ts";
import { ByFormat, Result } from "./result.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { form, prepareTraining, problem, recipes, training } from "./train-store.ts";
import { TrainingCurves } from "./training-curves.tsx";
import { isUnderWay, type TrainingState } from "./training-state.ts";
import { WatchedTexts } from "./watched-texts.tsx";
import "./train.css";

/** What stands at the side: what there is to choose, to steer, or to take along. */
function Side({ state }: { readonly state: TrainingState }) {
  const value = useStore(form);
  const recipe = useStore(recipes).find(({ name }) => name === value?.recipe);
  if (state.phase === "finished") return <Result state={state} />;
  if (isUnderWay(state.phase)) return <Controls state={state} />;
  return recipe && value ? <SettingsForm recipe={recipe} value={value} /> : null;
}

function Empty() {
  const words = useMessages(WORDS);
  return (
    <section class="panel train-empty">
      <svg viewBox="0 0 240 96" aria-hidden="true">
        <path d="M12 8v76h216" class="train-axis" />
        <path d="M14 14c26 4 30 44 54 54s60 12 158 13" class="train-loss" />
        <path d="M14 82c40-2 48-4 66-26s34-38 146-42" class="train-right" />
      </svg>
      <p class="muted">{words.about}</p>
    </section>
  );
}

function Problem() {
  const words = useMessages(WORDS);
  const text = useStore(problem);
  const isLoaded = useStore(recipes).length > 0;
  if (text === "") return null;
  return (
    <p class="notice bad" role="alert">
      <span>
        {!isLoaded && words.loadFault} {text}
      </span>
      {!isLoaded && (
        <button type="button" class="button small" onClick={() => void prepareTraining()}>
          {words.retry}
        </button>
      )}
    </p>
  );
}

export function TrainPage() {
  const words = useMessages(WORDS);
  const state = useStore(training);
  useEffect(() => void prepareTraining(), []);
  return (
    <div class="stack">
      <header class="stack tight">
        <h1>{words.title}</h1>
        <p class="muted">{words.lead}</p>
      </header>
      <Announcer state={state} />
      <Problem />
      <Interruption state={state} />
      {state.warnings.map((text) => (
        <p key={text} class="notice" role="status">
          <span>
            {words.warning}: {text}
          </span>
        </p>
      ))}
      <div class="train-layout">
        <Side state={state} />
        <div class="stack">
          {state.phase === "idle" ? (
            <Empty />
          ) : (
            <>
              <TrainingCurves />
              <WatchedTexts probes={state.probes} />
              {state.test && <ByFormat groups={state.test.groups} />}
            </>
          )}
        </div>
      </div>
    </div>
  );
}
