import type { LineChart } from "fovea/views";
import { useMemo } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import type { Series } from "../train/curves.ts";
import { RUNS } from "./messages.ts";
import type { Followed } from "./runs-model.ts";

const MEASURES = ["loss", "exactMatch", "learningRate"] as const;
type Measure = (typeof MEASURES)[number];

/** Nothing to draw; it keeps the place, and so the colour, of a run that has not told this yet. */
const NOTHING: Series = { x: [0], y: [Number.NaN] };

function seriesOf(run: Followed | undefined, measure: Measure): Series {
  const series = run?.curves.get(measure) ?? NOTHING;
  if (series.x.length === 0) return NOTHING;
  // Both are copies: one that grew on beside one that does not could not be drawn.
  return measure === "exactMatch" ? { x: [...series.x], y: series.y.map((value) => 100 * value) } : series;
}

/** One chart a measure, each with all runs in the same colours. */
export function RunCurves({ names, followed }: { names: readonly string[]; followed: ReadonlyMap<string, Followed> }) {
  const words = useMessages(RUNS);
  const charts = useMemo(() => {
    return MEASURES.flatMap((measure): { measure: Measure; chart: LineChart }[] => {
      const shared = { panel: measure, noisy: measure === "loss", ...(measure === "exactMatch" && { unit: "%" }) };
      const curves = names.map((name) => ({ name, ...shared, ...seriesOf(followed.get(name), measure) }));
      if (!curves.some(({ y }) => y.some(Number.isFinite))) return [];
      const scale = measure === "loss" ? "log" : "linear";
      return [{ measure, chart: { title: words.panels[measure], curves, scale, across: words.stepAxis } }];
    });
  }, [names, followed, words]);
  return (
    <section class="panel stack" aria-label={words.curves}>
      <h2>{words.curves}</h2>
      {names.length === 0 && <p class="muted">{words.none}</p>}
      {names.length > 0 && charts.length === 0 && <p class="muted">{words.noneYet}</p>}
      <div class="train-curves">
        {charts.map(({ measure, chart }) => (
          <View key={measure} tag="fovea-line-chart" set={{ chart }} />
        ))}
      </div>
    </section>
  );
}
