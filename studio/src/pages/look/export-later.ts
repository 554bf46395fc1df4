import { type LaterPage, later } from "../later.tsx";
import type { ExportDialogProps } from "./export-dialog.tsx";

/** Writing files takes code of its own, which comes when it is first asked for, or some seconds after the page. */
export const ExportDialog: LaterPage<ExportDialogProps> = later(
  async () => (await import("./export-dialog.tsx")).ExportDialog,
);
