import type { Share, TestEvent } from "fovea/tasks";
import { formatDuration, formatNumber, intervalEnds, sharePercent } from "fovea/views";
import { useMessages } from "../../messages/table.ts";
import { TRAIN } from "./messages.ts";
import { certaintyText } from "./result-text.ts";
import { isAgain } from "./train-store.ts";
import { download, look } from "./trained-model.ts";
import type { TrainingState } from "./training-state.ts";

/** How many of each format were answered right. */
export function ByFormat({ groups }: { readonly groups: readonly Share[] }) {
  const words = useMessages(TRAIN);
  return (
    <details class="panel train-details">
      <summary>{words.byFormat}</summary>
      <div class="scroll">
        <table class="train-table">
          <thead>
            <tr>
              <th scope="col">{words.format}</th>
              <th scope="col">{words.right}</th>
              <td />
              <td />
            </tr>
          </thead>
          <tbody>
            {groups.map((group) => (
              <tr key={group.name}>
                <th scope="row">{group.name}</th>
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

function Measured({ test }: { readonly test: TestEvent }) {
  const words = useMessages(TRAIN);
  const { overall } = test;
  return (
    <>
      <p class="train-share-line">
        <strong class="train-big">{sharePercent(overall)}</strong>
        <span class="muted">{words.interval(...intervalEnds(overall))}</span>
      </p>
      <p>{words.ofTest(formatNumber(overall.right), formatNumber(overall.count))}</p>
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
      {test && <Measured test={test} />}
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
