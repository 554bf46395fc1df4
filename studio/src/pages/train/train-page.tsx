import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { type Code, CodeDialog } from "../../shell/code-dialog.tsx";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import type { TrainingRequest } from "../../worker/api.ts";
import { Announcer } from "./announcer.tsx";
import { trainCommand, trainProgram } from "./code-snippets.ts";
import { Controls } from "./controls.tsx";
import { faultsOf, needsData, requestOf } from "./form.ts";
import { Interruption } from "./interruption.tsx";
import { TRAIN as WORDS } from "./messages.ts";
import { RECIPE_WORDS } from "./recipe-messages.ts";
import { ByGroup, Result } from "./result.tsx";
import { SettingsForm } from "./settings-form.tsx";
import { form, isAgain, prepareTraining, problem, recipes, training } from "./train-store.ts";
import { TrainingCurves } from "./training-curves.tsx";
import { isUnderWay, type TrainingState } from "./training-state.ts";
import { WatchedTexts } from "./watched-texts.tsx";
import "./train.css";

/** What stands at the side: what there is to choose, to steer, or to take along. */
type Panel = "form" | "controls" | "result";

function panelOf({ phase }: TrainingState, isAnother: boolean): Panel {
  if (isUnderWay(phase)) return "controls";
  return phase === "finished" && !isAnother ? "result" : "form";
}

function Side({ state, panel }: { readonly state: TrainingState; readonly panel: Panel }) {
  const value = useStore(form);
  const recipe = useStore(recipes).find(({ name }) => name === value?.recipe);
  if (panel === "result") return <Result state={state} />;
  if (panel === "controls") return <Controls state={state} />;
  return recipe && value ? <SettingsForm recipe={recipe} value={value} /> : null;
}

/**
 * What had the focus may be gone with its panel, or no longer be for use: then the heading of the panel that is there has it.
 * A reader whose focus is elsewhere is left alone.
 */
function useFocusKept(): RefObject<HTMLDivElement> {
  const page = useRef<HTMLDivElement>(null);
  // While a component is drawn, the elements are still those from before.
  const hadFocus = page.current?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    const active = document.activeElement;
    const isLost = !page.current?.contains(active) || active?.matches(":disabled");
    if (hadFocus && isLost) page.current?.querySelector<HTMLElement>(".train-layout h2")?.focus();
  });
  return page as RefObject<HTMLDivElement>;
}

/** The training that is shown, or that would be started, as code. */
function CodeButton({ state, panel }: { readonly state: TrainingState; readonly panel: Panel }) {
  const words = useMessages(WORDS);
  const [isShown, setShown] = useState(false);
  const value = useStore(form);
  const recipe = useStore(recipes).find(({ name }) => name === value?.recipe);
  const hasData = recipe && value && (!needsData(recipe) || value.data.train.length > 0);
  const isWhole = hasData && Object.keys(faultsOf(value, recipe)).length === 0;
  const chosen = isWhole ? requestOf(value, recipe) : undefined;
  const request = panel === "form" ? chosen : state.request;
  const sample = panel === "form" ? value?.data.sample : undefined;
  const codes = (shown: TrainingRequest): Code[] => [
    { kind: "command", text: trainCommand(shown, sample), hint: words.commandHint },
    { kind: "typescript", text: trainProgram(shown), hint: words.programHint },
  ];
  return (
    <>
      <button type="button" class="button small" disabled={!request} onClick={() => setShown(true)}>
        {words.code}
      </button>
      {isShown && request && <CodeDialog codes={codes(request)} onClose={() => setShown(false)} />}
    </>
  );
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

function ProblemNote() {
  const words = useMessages(WORDS);
  const lang = useStore(language);
  const found = useStore(problem);
  const isLoaded = useStore(recipes).length > 0;
  if (!found) return null;
  if (found.kind !== "fault") {
    return (
      <p class="notice" role="alert">
        {found.kind === "busy" ? words.busy : words.elsewhere}
      </p>
    );
  }
  return (
    <p class="notice bad" role="alert">
      <span>
        {!isLoaded && words.loadFault} {errorLine(found.message, lang)}
      </span>
      {!isLoaded && (
        <button type="button" class="button small" onClick={() => void prepareTraining()}>
          {words.retry}
        </button>
      )}
    </p>
  );
}

/** Recipes whose confidences are scaled when all is done. */
const CALIBRATED: readonly string[] = ["dates", "classify"];

export function TrainPage() {
  const words = useMessages(WORDS);
  const lang = useStore(language);
  const state = useStore(training);
  const panel = panelOf(state, useStore(isAgain));
  const chosen = useStore(form)?.recipe;
  const { leads, otherLead } = useMessages(RECIPE_WORDS);
  const recipe = state.request?.recipe ?? "";
  const lead = leads[(panel === "form" ? chosen : recipe) ?? ""] ?? otherLead;
  const page = useFocusKept();
  useEffect(() => void prepareTraining(), []);
  return (
    <div ref={page} class="stack">
      <header class="stack tight">
        <div class="row spread">
          <h1>{words.title}</h1>
          <CodeButton state={state} panel={panel} />
        </div>
        <p class="muted">{lead}</p>
      </header>
      <Announcer state={state} />
      <ProblemNote />
      <Interruption state={state} />
      {state.warnings.map((text) => (
        <p key={text} class="notice" role="status">
          <span>
            {words.warning}
            {words.colon}
            {errorLine(text, lang)}
          </span>
        </p>
      ))}
      <div class="train-layout">
        <Side state={state} panel={panel} />
        <div class="stack">
          {state.phase === "idle" ? (
            <Empty />
          ) : (
            <>
              <TrainingCurves recipe={recipe} />
              <WatchedTexts probes={state.probes} isCalibrated={CALIBRATED.includes(recipe)} />
              {state.test && <ByGroup test={state.test} />}
            </>
          )}
        </div>
      </div>
    </div>
  );
}
