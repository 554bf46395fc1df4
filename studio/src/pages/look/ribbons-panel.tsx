import { useMessages } from "../../messages/table.ts";
import { View } from "../../shell/view.tsx";
import { LOOK_WORDS } from "./messages.ts";
import type { PanelProps } from "./task-look.tsx";

/** The strongest links between what was read and what was written. */
export function RibbonsPanel({ reading, selection, onPoint, onPin }: PanelProps) {
  const words = useMessages(LOOK_WORDS);
  return (
    <section class="panel stack" aria-labelledby="ribbons">
      <h2 id="ribbons">{words.ribbons}</h2>
      <View
        tag="fovea-ribbons"
        class="view"
        set={{ map: (reading.b ?? reading.a).map, selection }}
        on={{ "fovea-point": onPoint, "fovea-pin": onPin }}
      />
      <p class="muted small">{words.ribbonsHint}</p>
    </section>
  );
}
