/**
 * The one worker script of the studio. Its name says what it serves: `model`, `training` or `catalogue`; the code for that is
 * in `NAME-service.ts`, which exports `methods`.
 */
import { type Methods, serve } from "./rpc.ts";

const services = import.meta.glob<{ readonly methods: Methods }>("./*-service.ts");

const early: MessageEvent[] = [];
const hold = (event: MessageEvent) => early.push(event);

async function start(): Promise<void> {
  const load = services[`./${self.name}-service.ts`];
  if (!load)
    throw new TypeError(`worker: expected a name of ${Object.keys(services).join(", ")} but found ${self.name}`);
  const { methods } = await load();
  self.removeEventListener("message", hold);
  serve(self as Parameters<typeof serve>[0], methods);
  for (const { data } of early) self.dispatchEvent(new MessageEvent("message", { data }));
}

self.addEventListener("message", hold);
start().catch((error: unknown) => {
  // Thrown outside of a promise, so that the page hears of it as the worker's `error` event.
  setTimeout(() => {
    throw error;
  });
});
