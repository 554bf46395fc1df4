import type { Explanation, ProbeEvent } from "fovea/tasks";
import { confidenceText, formatNumber, visibleText } from "fovea/views";
import { useMemo } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import { TRAIN } from "./messages.ts";

function AnswerRow({ prediction }: Pick<Explanation, "prediction">) {
  const { text, output, confidence } = prediction;
  return (
    <tr>
      <th scope="row" class="mono" dir="auto">
        {visibleText(text)}
      </th>
      <td class="mono" dir="auto">
        {visibleText(output)}
      </td>
      <td>
        <span class="train-confidence">
          {confidenceText(confidence)}
          <span class="meter" aria-hidden="true">
            <span style={{ width: `${100 * confidence}%` }} />
          </span>
        </span>
      </td>
    </tr>
  );
}

export interface WatchedTextsProps {
  readonly probes: readonly ProbeEvent[];
  /** Whether the finished model's confidences are scaled. */
  readonly isCalibrated: boolean;
}

/** What the network makes of the watched texts: where it looked at each validation, and what it answers now. */
export function WatchedTexts({ probes, isCalibrated }: WatchedTextsProps) {
  const words = useMessages(TRAIN);
  const strip = useMemo(() => {
    return probes.map(({ step, explanations }) => ({ step, maps: explanations.map(({ map }) => map) }));
  }, [probes]);
  const last = probes.at(-1);
  return (
    <section class="panel stack" aria-label={words.watched}>
      <h2>{words.watched}</h2>
      {last === undefined && <p class="muted">{words.noProbes}</p>}
      {last && <View tag="fovea-probe-strip" set={{ probes: strip }} />}
      {last && (
        <div class="scroll">
          <table class="train-table">
            <caption>{words.answersNow(formatNumber(last.step))}</caption>
            <thead>
              <tr>
                <th scope="col">{words.text}</th>
                <th scope="col">{words.answer}</th>
                <th scope="col">{words.confidence}</th>
              </tr>
            </thead>
            <tbody>
              {last.explanations.map(({ prediction }) => (
                <AnswerRow key={prediction.text} prediction={prediction} />
              ))}
            </tbody>
          </table>
          {isCalibrated && <p class="muted small">{words.answersHint}</p>}
        </div>
      )}
    </section>
  );
}
