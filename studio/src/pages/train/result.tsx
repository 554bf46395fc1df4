import type { TestEvent } from "fovea/tasks";
import { formatDuration, formatNumber, measureValue, sharePercent, visibleText } from "fovea/views";
import { useMessages } from "../../messages/table.ts";
import { headlineOf, isRightShare, measureOf, measureWord, otherMeasures } from "../../state/measures.ts";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import { TRAIN } from "./messages.ts";
import { RECIPE_WORDS } from "./recipe-messages.ts";
import { certaintyText } from "./result-text.ts";
import { isAgain } from "./train-store.ts";
import { download, look } from "./trained-model.ts";
import type { TrainingState } from "./training-state.ts";

/** What was measured of each group: of a format, a length or a label. */
export function ByGroup({ test }: { readonly test: TestEvent }) {
  const words = useMessages(TRAIN);
  const { groupedBy } = useMessages(RECIPE_WORDS);
  const lang = useStore(language);
  const { groups } = test;
  const [title, column] = groupedBy[test.groupedBy ?? "format"] ?? ["", ""];
  const measures = Object.keys(groups.find(({ metrics }) => metrics)?.metrics ?? {});
  if (groups.length === 0) return null;
  return (
    <details class="panel train-details">
      <summary>{title}</summary>
      <div class="scroll">
        <table class="train-table">
          <thead>
            <tr>
              <th scope="col">{column}</th>
              {measures.map((measure) => (
                <th key={measure} scope="col">
                  {measureWord(measure, lang)}
                </th>
              ))}
              <th scope="col">{words.right}</th>
              <td />
              <td />
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.name}>
                <th scope="row" dir="auto">
                  {visibleText(group.name)}
                </th>
                {measures.map((measure) => (
                  <td key={measure}>{measureValue(measure, group.metrics?.[measure] ?? Number.NaN)}</td>
                ))}
                <td>{sharePercent(group)}</td>
                <td>
                  <span class="meter train-share" aria-hidden="true">
                    <span style={{ width: `${100 * group.share}%` }} />
                  </span>
                </td>
                <td class="muted small">
                  {formatNumber(group.right)} / {formatNumber(group.count)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Measured({ test, recipe }: { readonly test: TestEvent; readonly recipe: string }) {
  const words = useMessages(TRAIN);
  const { ofTest, onTest } = useMessages(RECIPE_WORDS);
  const lang = useStore(language);
  const { overall } = test;
  const headline = headlineOf(test, measureOf(recipe));
  const isShare = isRightShare(headline.measure);
  const isDates = recipe === "dates";
  const others = isDates ? [] : otherMeasures(test, headline, lang);
  const count = formatNumber(overall.count);
  return (
    <>
      <p class="train-share-line">
        <strong class="train-big">{headline.value}</strong>
        {!isDates && <strong>{measureWord(headline.measure, lang)}</strong>}
        {headline.interval && <span class="muted">{words.interval(...headline.interval)}</span>}
      </p>
      <p>{isShare ? ofTest(formatNumber(overall.right), count, isDates) : onTest(count)}</p>
      {others.length > 0 && (
        <dl class="facts small">
          {others.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
        </dl>
      )}
      <p class="small muted">{certaintyText(test, words)}</p>
    </>
  );
}

/** What came of a training, and what to do with it. */
export function Result({ state }: { readonly state: TrainingState }) {
  const words = useMessages(TRAIN);
  const { test, saved, best, evaluation, isRecalled } = state;
  return (
    <section class="panel stack train-result" aria-label={words.result}>
      <h2 tabIndex={-1}>{words.result}</h2>
      {test && <Measured test={test} recipe={state.request?.recipe ?? ""} />}
      {saved && (
        <p class="small muted">
          {words.took(formatDuration(saved.seconds), formatNumber(evaluation?.step ?? 0))}{" "}
          {best && words.bestAt(formatNumber(best.step))}
        </p>
      )}
      {isRecalled && <p class="small muted">{words.recalled}</p>}
      <div class="train-buttons">
        <button type="button" class="button primary" onClick={() => void look()}>
          {words.look}
        </button>
        <button type="button" class="button quiet" onClick={() => isAgain.set(true)}>
          {words.again}
        </button>
        <button type="button" class="button train-wide" onClick={() => void download()}>
          {words.download}
        </button>
      </div>
    </section>
  );
}
