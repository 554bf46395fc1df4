/** How what the page shows becomes a file. */
import type { Change } from "fovea/tasks";
import type { Exportable, ExportOptions } from "fovea/views";
import type { Scale } from "./look-state.ts";

export interface ExportItem {
  readonly label: string;
  readonly what: Exportable;
  /** What the reader changed, where this is the changed reading. */
  readonly change?: Change | undefined;
}

/** How the page shows a map; pictures of it are to look the same. */
export interface ExportLook {
  readonly scale: Scale;
  readonly transposed: boolean;
  /** Of the scale `gamma`. @default 0.5 */
  readonly gamma?: number;
}

function titleOf(what: Exportable): string {
  if ("prediction" in what) return what.map.title ?? what.prediction.text;
  return what.title ?? ("curves" in what ? what.curves.map(({ name }) => name).join(" ") : "attention");
}

/** A name that every file system takes; without the ending. */
export function fileName({ what, change }: ExportItem): string {
  const name = titleOf(what)
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}.-]+/gu, "-");
  const start = name.replace(/^[-.]+|[-.]+$/g, "").slice(0, 60) || "attention";
  return change ? `${start}-changed` : start;
}

/** What its files are made with. */
export function exportOptions({ change }: ExportItem, look: ExportLook | undefined): ExportOptions {
  const { scale = "absolute", transposed = false, gamma = 0.5 } = look ?? {};
  return {
    scale: scale === "row" ? "row" : "absolute",
    gamma: scale === "gamma" ? gamma : 1,
    transposed,
    change,
  };
}
