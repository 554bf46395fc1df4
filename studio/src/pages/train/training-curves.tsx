import type { Curve, LineChart } from "fovea/views";
import { useMemo } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { useOneByOne } from "../../shell/one-by-one.ts";
import { View } from "../../shell/view.tsx";
import { curveOf, measureOf, measureWord } from "../../state/measures.ts";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import { type Series, VALIDATION_LOSS } from "./curves.ts";
import { TRAIN } from "./messages.ts";
import { currentCurves, shownCount } from "./train-store.ts";

/** In other units. Both are copies: one that grew on beside one that does not could not be drawn. */
const scaled = ({ x, y }: Series, factor: number): Series => ({ x: [...x], y: y.map((value) => factor * value) });

/** The loss, what validations are compared by, and the learning rate, side by side where there is room. */
export function TrainingCurves({ recipe }: { readonly recipe: string }) {
  const words = useMessages(TRAIN);
  const lang = useStore(language);
  const count = useStore(shownCount);
  // The curves grow where they stand; `count` tells when.
  const charts = useMemo(() => {
    const curves = currentCurves();
    const measure = measureOf(recipe);
    const { factor, scale: measureScale, unit } = curveOf(measure);
    const name = measure === "exactMatch" ? words.exactMatch : measureWord(measure, lang);
    const measured = { name, noisy: false, ...(unit ? { unit } : {}), ...scaled(curves.get(measure), factor) };
    const chart = (curve: Curve, scale: "log" | "linear" = "linear", ...more: Curve[]): LineChart => {
      return { curves: [curve, ...more], scale, across: words.stepAxis };
    };
    const held = curves.get(VALIDATION_LOSS);
    const validation = { name: words.validationLoss, noisy: false, ...scaled(held, 1), panel: words.loss };
    const all = [
      held.x.length > 0
        ? chart({ name: words.loss, ...scaled(curves.get("loss"), 1), panel: words.loss }, "log", validation)
        : chart({ name: words.loss, ...curves.get("loss") }, "log"),
      chart(measured, measureScale),
      chart({ name: words.rate, noisy: false, ...curves.get("learningRate") }),
    ];
    return curves.get("loss").x.length > 0 ? all : [];
  }, [count, words, recipe, lang]);
  const shown = useOneByOne(charts.length);
  return (
    <section class="panel stack" aria-label={words.curves}>
      <h2>{words.curves}</h2>
      {charts.length === 0 && <p class="muted">{words.noCurves}</p>}
      <div class="train-curves">
        {charts.slice(0, shown).map((chart) => (
          <View key={chart.curves[0]?.name} tag="fovea-line-chart" set={{ chart }} />
        ))}
      </div>
    </section>
  );
}
