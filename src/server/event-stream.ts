import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { isTaskEvent, type LoggedEvent, type RunState, standingEvents } from "../tasks/event-log.ts";
import { type PlacedLine, readLog } from "./event-tail.ts";

/** How often, in milliseconds, a log is looked at, and something is said where there is nothing to tell. */
export interface Pace {
  readonly look: number;
  readonly heartbeat: number;
}

export interface FollowedRun {
  /** Of its log. */
  readonly path: string;
  /** Events that stand in for a log where there is none. */
  readonly instead: () => Promise<readonly LoggedEvent[]>;
  readonly state: () => Promise<{ readonly state: RunState; readonly message?: string }>;
  /** Hears, once, that nobody follows any more. */
  readonly onEnd: () => void;
}

/**
 * The events of a run as server-sent events: those that stand so far, then new ones as they come, each with the place in the log
 * that a browser names, in `Last-Event-ID`, to go on from. When nobody trains there any more, `end` comes with the run's state,
 * and the stream ends; whoever asks again from there gets 204, which tells a browser to stop.
 */
export async function streamEvents(context: Context, run: FollowedRun, pace: Pace): Promise<Response> {
  const place = placeFrom(context.req.header("last-event-id"));
  const seen = await readLog(run.path, place ?? 0);
  const isOver = place !== undefined && place > 0 && seen.lines.length === 0 && (await run.state()).state !== "running";
  if (isOver) {
    run.onEnd();
    return context.body(null, 204);
  }
  return streamSSE(context, async (stream) => {
    try {
      if (place === undefined) await sendStanding(stream, seen.lines, run);
      else await send(stream, seen.lines);
      await follow(stream, { run, pace, from: seen.end });
    } catch {
      // Whoever read is gone.
    } finally {
      run.onEnd();
    }
  });
}

/** The browser's place in the log; undefined where it is none. */
function placeFrom(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

async function sendStanding(stream: SSEStreamingApi, lines: readonly PlacedLine[], run: FollowedRun): Promise<void> {
  const events = lines.map(({ line }) => line).filter(isTaskEvent);
  const standing = new Set(standingEvents(events));
  await send(
    stream,
    lines.filter(({ line }) => isTaskEvent(line) && standing.has(line)),
  );
  if (events.length > 0) return;
  for (const event of await run.instead()) await stream.writeSSE({ data: JSON.stringify(event) });
}

async function send(stream: SSEStreamingApi, lines: readonly PlacedLine[]): Promise<void> {
  for (const { line, end } of lines) {
    if (isTaskEvent(line)) await stream.writeSSE({ id: String(end), data: JSON.stringify(line) });
  }
}

async function follow(
  stream: SSEStreamingApi,
  { run, pace, from }: { run: FollowedRun; pace: Pace; from: number },
): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  let place = from;
  let silent = 0;
  while (!stream.aborted) {
    // Asked before the log is read, so that nothing is written between a last look and the end.
    const end = await run.state();
    const { lines, end: next } = await readLog(run.path, place);
    await send(stream, lines);
    place = next;
    if (end.state !== "running" && lines.length === 0) {
      await stream.writeSSE({ event: "end", id: String(place), data: JSON.stringify(end) });
      return;
    }
    silent = lines.length > 0 ? 0 : silent + pace.look;
    if (silent >= pace.heartbeat) {
      await stream.write(": nothing new\n\n");
      silent = 0;
    }
    await sleep(pace.look, undefined, { signal: gone.signal });
  }
}
