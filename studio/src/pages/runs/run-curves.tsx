import type { LineChart } from "fovea/views";
import { useMemo } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import { curveOf, measureWord } from "../../state/measures.ts";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import type { Series } from "../train/curves.ts";
import { RUNS } from "./messages.ts";
import type { Followed } from "./runs-model.ts";

/** Nothing to draw; it keeps the place, and so the colour, of a run that has not told this yet. */
const NOTHING: Series = { x: [0], y: [Number.NaN] };

function seriesOf(run: Followed | undefined, measure: string): Series {
  const series = run?.curves.get(measure) ?? NOTHING;
  if (series.x.length === 0) return NOTHING;
  const { factor } = curveOf(measure);
  // Both are copies: one that grew on beside one that does not could not be drawn.
  return factor === 1 ? series : { x: [...series.x], y: series.y.map((value) => factor * value) };
}

export interface RunCurvesProps {
  readonly names: readonly string[];
  readonly followed: ReadonlyMap<string, Followed>;
  /** What the runs are judged by, each once. */
  readonly measures: readonly string[];
}

/** One chart a measure, each with all runs in the same colours. */
export function RunCurves({ names, followed, measures }: RunCurvesProps) {
  const words = useMessages(RUNS);
  const lang = useStore(language);
  const asked = measures.join(" ");
  const charts = useMemo(() => {
    const titles: Readonly<Record<string, string>> = words.panels;
    return ["loss", ...asked.split(" "), "learningRate"].flatMap((measure): { measure: string; chart: LineChart }[] => {
      const { unit, scale } =
        measure === "learningRate" ? { unit: undefined, scale: "linear" as const } : curveOf(measure);
      const shared = { panel: measure, noisy: measure === "loss", ...(unit && { unit }) };
      const curves = names.map((name) => ({ name, ...shared, ...seriesOf(followed.get(name), measure) }));
      if (!curves.some(({ y }) => y.some(Number.isFinite))) return [];
      const title = titles[measure] ?? words.panelOf(measureWord(measure, lang));
      return [{ measure, chart: { title, curves, scale, across: words.stepAxis } }];
    });
  }, [names, followed, words, asked, lang]);
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
