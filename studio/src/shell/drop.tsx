import { useEffect, useState } from "preact/hooks";
import { SHELL } from "../messages/shell.ts";
import { useMessages } from "../messages/table.ts";
import { fromDrop } from "../pages/open/intake.ts";
import { openPicked } from "../state/opening.ts";

const bringsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;

/** Lets a model be dropped anywhere in the window. */
export function Drop() {
  const words = useMessages(SHELL);
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
      const dropped = fromDrop(event.dataTransfer.items);
      void openPicked(() => dropped);
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
  return isOver ? <div class="drop-over">{words.dropAnywhere}</div> : null;
}
