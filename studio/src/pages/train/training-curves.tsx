import type { Curve, LineChart } from "fovea/views";
import { useMemo } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import { useStore } from "../../state/store.ts";
import type { Series } from "./curves.ts";
import { TRAIN } from "./messages.ts";
import { currentCurves, shownCount } from "./train-store.ts";

const inPercent = ({ x, y }: Series): Series => ({ x, y: y.map((value) => 100 * value) });

/** Loss on a logarithmic scale; below it what is right, and the learning rate. */
export function TrainingCurves() {
  const words = useMessages(TRAIN);
  const count = useStore(shownCount);
  // The curves grow where they stand; `count` tells when.
  const [loss, others] = useMemo(() => {
    const curves = currentCurves();
    const chart = (all: readonly Curve[], scale: "log" | "linear"): LineChart | undefined => {
      const drawn = all.filter(({ x }) => x.length > 0);
      return drawn.length > 0 ? { curves: drawn, scale, across: words.stepAxis } : undefined;
    };
    const lossCurve = { name: words.loss, ...curves.get("loss") };
    const right = { name: words.exactMatch, unit: "%", ...inPercent(curves.get("exactMatch")) };
    const rate = { name: words.learningRate, ...curves.get("learningRate") };
    return [chart([lossCurve], "log"), chart([right, rate], "linear")];
  }, [count, words]);
  return (
    <section class="panel stack" aria-label={words.curves}>
      <h2>{words.curves}</h2>
      {loss ? <View tag="fovea-line-chart" set={{ chart: loss }} /> : <p class="muted">{words.noCurves}</p>}
      {others && <View tag="fovea-line-chart" set={{ chart: others }} />}
    </section>
  );
}
