import type { Curve, LineChart } from "fovea/views";
import { useMemo } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { useOneByOne } from "../../shell/one-by-one.ts";
import { View } from "../../shell/view.tsx";
import { useStore } from "../../state/store.ts";
import type { Series } from "./curves.ts";
import { TRAIN } from "./messages.ts";
import { currentCurves, shownCount } from "./train-store.ts";

/** In percent. Both are copies: one that grew on beside one that does not could not be drawn. */
const inPercent = ({ x, y }: Series): Series => ({ x: [...x], y: y.map((value) => 100 * value) });

/** The loss on a logarithmic scale, the share that is right, and the learning rate, side by side where there is room. */
export function TrainingCurves() {
  const words = useMessages(TRAIN);
  const count = useStore(shownCount);
  // The curves grow where they stand; `count` tells when.
  const charts = useMemo(() => {
    const curves = currentCurves();
    const right = { name: words.exactMatch, unit: "%", noisy: false, ...inPercent(curves.get("exactMatch")) };
    const chart = (curve: Curve, scale: "log" | "linear" = "linear"): LineChart => {
      return { curves: [curve], scale, across: words.stepAxis };
    };
    const all = [
      chart({ name: words.loss, ...curves.get("loss") }, "log"),
      chart(right),
      chart({ name: words.rate, noisy: false, ...curves.get("learningRate") }),
    ];
    return curves.get("loss").x.length > 0 ? all : [];
  }, [count, words]);
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
