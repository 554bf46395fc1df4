import { useEffect, useState } from "preact/hooks";
import { SHELL } from "../../messages/shell.ts";
import { useMessages } from "../../messages/table.ts";
import { Fault } from "../../shell/fault.tsx";
import { entries, type ModelEntry, open } from "../../state/models.ts";
import { opening } from "../../state/opening.ts";
import { type Update, useRouteState } from "../../state/route.ts";
import { findRunModel, isRunModel } from "../../state/runs.ts";
import { site } from "../../state/site.ts";
import { useStore } from "../../state/store.ts";
import type { OpenedModel } from "../../worker/api.ts";
import { type LaterPage, later } from "../later.tsx";
import type { Page } from "../page.ts";
import { Empty } from "./empty.tsx";
import type { GraphLookProps } from "./graph-look.tsx";
import { LOOK_FIELDS, type LookState, NO_CHANGES } from "./look-state.ts";
import { LOOK_WORDS } from "./messages.ts";
import { TaskLook } from "./task-look.tsx";
import "../../styles/look.css";

/** Graphs are looked at more seldom: their part of the page comes when it is needed. */
export const GraphLook: LaterPage<GraphLookProps> = later(async () => (await import("./graph-look.tsx")).GraphLook);

type Opened = { readonly name: string } & ({ readonly model: OpenedModel } | { readonly error: unknown });

/** A model of the list, opened; undefined while it is being opened. */
function useOpened(name: string | undefined): Opened | undefined {
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  useEffect(() => {
    if (name === undefined) return;
    let isWanted = true;
    open(name).then(
      (model) => isWanted && setOpened({ name, model }),
      (error: unknown) => isWanted && setOpened({ name, error }),
    );
    return () => {
      isWanted = false;
    };
  }, [name]);
  return opened?.name === name ? opened : undefined;
}

/** Whether a model that is not listed may still be found: among the runs of the server. */
function useSearch(name: string, isListed: boolean): boolean {
  const { isKnown, runs } = useStore(site);
  const [searched, setSearched] = useState("");
  const isWanted = isKnown && runs && !isListed && isRunModel(name);
  useEffect(() => {
    if (isWanted) void findRunModel(name).then(() => setSearched(name));
  }, [isWanted, name]);
  return !isKnown || (isWanted && searched !== name);
}

interface HeadProps {
  readonly models: readonly ModelEntry[];
  readonly current: string;
  readonly update: Update<LookState>;
}

const OTHER_MODEL: Partial<LookState> = { ...NO_CHANGES, head: undefined, sizes: {}, inputs: "", seed: undefined };

function ModelChoice({ models, current, update }: HeadProps) {
  const words = useMessages(LOOK_WORDS);
  return (
    <label class="row look-head small">
      <span class="muted">{words.model}</span>
      <select
        value={current}
        onChange={(event) => update({ ...OTHER_MODEL, model: event.currentTarget.value }, "push")}
      >
        {models.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Looking into a model. */
export function LookPage() {
  const words = useMessages(LOOK_WORDS);
  const shell = useMessages(SHELL);
  const [state, update] = useRouteState("look", LOOK_FIELDS);
  const models = useStore(entries);
  const isReading = useStore(opening).state === "reading";
  const chosen = state.model === "" ? models[0] : models.find(({ name }) => name === state.model);
  const opened = useOpened(chosen?.name);
  const isSearching = useSearch(state.model, chosen !== undefined);
  if (!chosen) {
    if (isReading) return <p class="muted">{words.opening}</p>;
    if (isSearching) return <p class="muted">{shell.loading}</p>;
    return <Empty unknown={state.model || undefined} />;
  }
  return (
    <div class="look">
      <h1 class="hidden">{words.label}</h1>
      <ModelChoice models={models} current={chosen.name} update={update} />
      {!opened && <p class="muted">{words.opening}</p>}
      {opened && "error" in opened && <Fault title={words.cannotOpen} error={opened.error} />}
      {opened && "model" in opened && opened.model.kind === "task" && (
        <TaskLook
          key={chosen.name}
          model={chosen.name}
          task={opened.model.task}
          hasFaithfulness={opened.model.hasFaithfulness}
          examples={opened.model.examples}
          state={state}
          update={update}
        />
      )}
      {opened && "model" in opened && opened.model.kind === "graph" && (
        <GraphLook key={chosen.name} model={chosen.name} graph={opened.model.graph} state={state} update={update} />
      )}
    </div>
  );
}

export const LOOK: Page = {
  name: "look",
  label: { en: LOOK_WORDS.en.label, "zh-CN": LOOK_WORDS["zh-CN"].label },
  component: LookPage,
};
