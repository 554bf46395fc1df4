import type { RunSummary } from "fovea/tasks";
import { formatDuration, formatNumber, hexColor, type Language, SERIES_COLORS } from "fovea/views";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { type Code, CodeDialog } from "../../shell/code-dialog.tsx";
import { measuredText, measureWord } from "../../state/measures.ts";
import { list } from "../../state/models.ts";
import { language } from "../../state/preferences.ts";
import { goTo } from "../../state/route.ts";
import { runModelName } from "../../state/runs.ts";
import { fetchFiles } from "../../state/site.ts";
import { useStore } from "../../state/store.ts";
import { resumeCommand, runCommands, runProgram } from "../train/code-snippets.ts";
import { RUNS, type RunsWords } from "./messages.ts";
import { type Followed, lineOf, type RunLine } from "./runs-model.ts";

/** The line of a run in the charts, as its colour and its dashes. */
function Swatch({ place }: { readonly place: number }) {
  if (place < 0) return <span class="runs-swatch" />;
  const color = hexColor(SERIES_COLORS[place % SERIES_COLORS.length] ?? [0, 0, 0]);
  const style = place < SERIES_COLORS.length ? "solid" : "dashed";
  return <span class="runs-swatch" style={{ borderTop: `3px ${style} ${color}` }} />;
}

function Measured({ run, line }: { readonly run: RunSummary; readonly line: RunLine }) {
  const words = useMessages(RUNS);
  const lang = useStore(language);
  const { test, validation, measure } = line;
  const value = test ?? validation;
  if (value === undefined) return <>–</>;
  const isDates = run.task === "dates";
  return (
    <>
      {measuredText(measure, value, test === undefined ? 1 : 2)}{" "}
      <small class="muted">
        {!isDates && `${measureWord(measure, lang)} `}
        {test === undefined ? words.onValidation(isDates) : words.onTest(isDates)}
      </small>
    </>
  );
}

function State({ run, line }: { readonly run: RunSummary; readonly line: RunLine }) {
  const words = useMessages(RUNS);
  const lang = useStore(language);
  const { examplesPerSecond: pace = 0, secondsLeft = 0 } = line;
  const kind = run.state === "finished" ? "good" : run.state === "interrupted" ? "warn" : "live";
  return (
    <>
      <span class={`badge ${kind}`}>{words.states[run.state]}</span>
      {run.state === "running" && pace > 0 && (
        <small class="muted runs-pace">{words.pace(formatNumber(Math.round(pace)), formatDuration(secondsLeft))}</small>
      )}
      {run.state === "interrupted" && run.message && (
        <small class="muted runs-pace runs-message">{errorLine(run.message, lang)}</small>
      )}
    </>
  );
}

function dateText(milliseconds: number, lang: Language): string {
  return new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(milliseconds);
}

function look(run: RunSummary): void {
  const name = runModelName(run.name);
  const folder = `api/runs/${encodeURIComponent(run.name)}/model/`;
  list({ name, source: "run", load: () => fetchFiles(folder, run.model?.files ?? []) });
  goTo("look", { model: name });
}

/** What is to be done with a run outside of the page; nothing with one that is still going. */
function codesOf({ name, task, state, model }: RunSummary, words: RunsWords): readonly Code[] {
  const folder = `runs/${name}`;
  const resume: Code = { kind: "command", text: resumeCommand(task, folder), hint: words.resumeHint };
  if (!model) return state === "interrupted" ? [resume] : [];
  return [
    { kind: "command", text: runCommands(folder, task), hint: words.codeHint },
    { kind: "typescript", text: runProgram(folder, task), hint: words.codeHint },
  ];
}

function CodeButton({ run }: { readonly run: RunSummary }) {
  const words = useMessages(RUNS);
  const [isShown, setShown] = useState(false);
  const codes = codesOf(run, words);
  if (codes.length === 0) return null;
  return (
    <>
      <button type="button" class="button small" aria-label={words.codeOf(run.name)} onClick={() => setShown(true)}>
        {words.code}
      </button>
      {isShown && <CodeDialog codes={codes} onClose={() => setShown(false)} />}
    </>
  );
}

/** A cell that says what it holds where the table has no room for heads. */
function Cell({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <td data-label={label}>
      <div>{children}</div>
    </td>
  );
}

interface RowProps {
  readonly run: RunSummary;
  readonly live: Followed | undefined;
  /** Among the runs that are shown; −1 for others. */
  readonly place: number;
  readonly onToggle: () => void;
}

function Row({ run, live, place, onToggle }: RowProps) {
  const words = useMessages(RUNS);
  const lang = useStore(language);
  const line = lineOf(run, live);
  const { name, task, started, model } = run;
  return (
    <tr>
      <td>
        <label class="toggle">
          <input type="checkbox" checked={place >= 0} aria-label={words.show(name)} onChange={onToggle} />
          <Swatch place={place} />
        </label>
      </td>
      <th scope="row">{name}</th>
      <Cell label={words.task}>{task}</Cell>
      <Cell label={words.state}>
        <State run={run} line={line} />
      </Cell>
      <Cell label={words.steps}>
        {formatNumber(line.step)} / {formatNumber(line.steps)}
        <span class="meter" aria-hidden="true">
          <span style={{ width: `${(100 * line.step) / Math.max(1, line.steps)}%` }} />
        </span>
      </Cell>
      <Cell label={words.loss}>{line.loss === undefined ? "–" : formatNumber(line.loss)}</Cell>
      <Cell label={words.measured}>
        <Measured run={run} line={line} />
      </Cell>
      <Cell label={words.begun}>{dateText(started, lang)}</Cell>
      <td>
        <span class="runs-actions">
          {model && (
            <button type="button" class="button small" aria-label={words.lookAt(name)} onClick={() => look(run)}>
              {words.look}
            </button>
          )}
          <CodeButton run={run} />
        </span>
      </td>
    </tr>
  );
}

export interface RunListProps {
  readonly runs: readonly RunSummary[];
  readonly followed: ReadonlyMap<string, Followed>;
  readonly shown: readonly string[];
  readonly onToggle: (name: string) => void;
}

/** Every run with its newest numbers, and a check box that lays its curves over the others'. */
export function RunList({ runs, followed, shown, onToggle }: RunListProps) {
  const words = useMessages(RUNS);
  const titles = [words.name, words.task, words.state, words.steps, words.loss, words.measured, words.begun];
  return (
    <section class="panel scroll" aria-label={words.list}>
      <table class="train-table runs-table">
        <thead>
          <tr>
            <th scope="col">{words.shown}</th>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <Row
              key={run.name}
              run={run}
              live={followed.get(run.name)}
              place={shown.indexOf(run.name)}
              onToggle={() => onToggle(run.name)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}
