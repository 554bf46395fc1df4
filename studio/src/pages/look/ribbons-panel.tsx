import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";

/** The strongest links between what was read and what was written. */
export function RibbonsPanel({ reading, selection }: PanelProps) {
  const words = useMessages(LOOK_WORDS);
  const link = selection.link("ribbons");
  return (
    <section class="panel stack" aria-labelledby="ribbons">
      <h2 id="ribbons">
        {words.ribbons}
        {reading.b && <span class="muted"> · B</span>}
      </h2>
      <View
        tag="fovea-ribbons"
        class="view"
        set={{ map: (reading.b ?? reading.a).map, name: reading.b ? "B" : "", selection: link.selection }}
        on={link.on}
      />
    </section>
  );
}
