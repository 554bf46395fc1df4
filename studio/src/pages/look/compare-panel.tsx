import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";

/** A beside B, and where they differ. */
export function ComparePanel({ reading, selection }: PanelProps) {
  const words = useMessages(LOOK_WORDS);
  const link = selection.link("compare");
  return (
    <section class="panel stack" id="compare" tabIndex={-1} aria-labelledby="compare-title">
      <h2 id="compare-title">{words.compare}</h2>
      <View
        tag="fovea-compare"
        class="view"
        set={{ a: reading.a.map, b: reading.b?.map, masked: reading.applied.masked, selection: link.selection }}
        on={link.on}
      />
      <p class="muted small">{words.compareHint}</p>
    </section>
  );
}
