import { webEngine } from "../../src/runtime/web-workers.ts";
import { trainDates } from "./date-training.ts";

/** A Web Worker that trains as it is told, on more workers of its own where asked, and answers with the losses. */
addEventListener("message", async ({ data }: MessageEvent<{ workers: number; steps: number }>) => {
  try {
    postMessage(await trainDates({ createEngine: webEngine, ...data }));
  } catch (error) {
    postMessage((error as Error).message);
  }
});
