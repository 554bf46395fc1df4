import { useEffect, useState } from "preact/hooks";
import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import { fromDrop } from "../pages/open/intake.ts";
import { dropTaker } from "../state/dropping.ts";
import { openPicked } from "../state/opening.ts";
import { useStore } from "../state/store.ts";

const bringsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;

/** What the page shown takes, or else a model. */
async function take(items: DataTransferItemList): Promise<void> {
  const dropped = fromDrop(items);
  const picked = await dropped.catch(() => undefined);
  if (picked && dropTaker.get()?.(picked)) return;
  await openPicked(() => dropped);
}

/** Lets a model be dropped anywhere in the window, or what else the page shown takes. */
export function Drop() {
  const words = useMessages(SHELL);
  const takesData = useStore(dropTaker) !== undefined;
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (!bringsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!bringsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      void take(event.dataTransfer.items);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, []);
  return isOver ? <div class="drop-over">{takesData ? words.dropData : words.dropAnywhere}</div> : null;
}
