import type { Worker } from "node:worker_threads";

let threads: Worker[] = [];
process.on("worker", (thread: Worker) => threads.push(thread));

/** Worker threads that this process has started since `forgetThreads`, or since this file was loaded. */
export const startedThreads = (): readonly Worker[] => threads;

/** How many of them are there still. */
export const runningThreads = (): number => threads.filter(({ threadId }) => threadId !== -1).length;

export function forgetThreads(): void {
  threads = [];
}
