import type { Walk, WalkProblem } from "fovea/tasks";
import { formatNumber, formatWeight } from "fovea/views";
import { CATALOGUE } from "../../messages/catalogue.ts";
import { useMessages } from "../../messages/table.ts";
import { rowOf } from "./card-state.ts";

export interface StagesProps {
  readonly given: WalkProblem;
  readonly walk: Walk;
  readonly query: number;
  readonly head: number;
}

/** What a query goes through: a score and a weight of each key, and the answer that is read from the output. */
export function Stages({ given, walk, query, head }: StagesProps) {
  const words = useMessages(CATALOGUE);
  const matrix = walk.weights[head];
  if (!matrix) return null;
  const weights = rowOf(matrix, query);
  const scores = walk.scores[head] && rowOf(walk.scores[head], query);
  const largest = Math.max(1e-9, ...(scores ?? [0]).map(Math.abs));
  return (
    <div class="stages">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.key}</th>
            {scores && <th scope="col">{words.scores}</th>}
            <th scope="col">{words.weights}</th>
          </tr>
        </thead>
        <tbody>
          {weights.map((weight, i) => (
            <tr key={`row-${i}`} class={i === given.problem.where[query] ? "target" : undefined}>
              <th scope="row">{given.problem.columns[i]}</th>
              {scores && (
                <Bar share={(scores[i] as number) / largest} text={formatNumber(scores[i] as number)} isSigned />
              )}
              <Bar share={weight} text={formatWeight(weight)} />
            </tr>
          ))}
        </tbody>
      </table>
      {!scores && <p class="muted small">{words.noScores}</p>}
      <Answer given={given} walk={walk} query={query} />
    </div>
  );
}

/** A number with a bar behind it; a signed one grows to both sides of the middle. */
function Bar({ share, text, isSigned = false }: { share: number; text: string; isSigned?: boolean }) {
  const width = 100 * Math.min(1, Math.abs(share)) * (isSigned ? 0.5 : 1);
  const start = isSigned ? (share < 0 ? 50 - width : 50) : 0;
  return (
    <td class={share < 0 ? "bar negative" : "bar"}>
      <span class="cell">
        <span class="track" aria-hidden="true">
          <span class="fill" style={{ left: `${start}%`, width: `${width}%` }} />
        </span>
        <span class="number">{text}</span>
      </span>
    </td>
  );
}

function Answer({ given, walk, query }: Omit<StagesProps, "head">) {
  const words = useMessages(CATALOGUE);
  const answers = rowOf(walk.answers, query);
  const best = answers.indexOf(Math.max(...answers));
  const wanted = given.problem.symbols[given.problem.where[query] as number];
  const verdict = best === wanted ? words.right : words.wrong;
  return (
    <p class="card-answer">
      {words.output}: <strong class="mono">{given.symbols[best]}</strong>{" "}
      <span class="number">{formatWeight(answers[best] as number)}</span>{" "}
      <span class={best === wanted ? "verdict right" : "verdict wrong"}>{verdict}</span>
    </p>
  );
}
