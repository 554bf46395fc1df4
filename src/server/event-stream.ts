import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { isTaskEvent, type LoggedEvent } from "../tasks/event-log.ts";
import { isSamePlace, type LogPiece, type LogPlace, NO_LOG } from "./event-tail.ts";
import type { LogState, RunLog } from "./run-log.ts";

/** How often, in milliseconds, a log is looked at, and something is said where there is nothing to tell. */
export interface Pace {
  readonly look: number;
  readonly heartbeat: number;
}

export interface FollowedRun {
  /** Events that stand in for a log where there is none. */
  readonly instead: () => Promise<readonly LoggedEvent[]>;
  readonly look: () => Promise<{ readonly log: RunLog; readonly state: LogState }>;
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
  const { log, state } = await run.look();
  if (place && isSamePlace(place, log.place) && state.state !== "running") {
    run.onEnd();
    return context.body(null, 204);
  }
  const isKnown = place && place.generation === log.place.generation && place.bytes <= log.place.bytes;
  return streamSSE(context, async (stream) => {
    try {
      const from = isKnown ? place : await sendStanding(stream, log, run);
      await follow(stream, { run, pace, from });
    } catch {
      // Whoever read is gone.
    } finally {
      run.onEnd();
    }
  });
}

/** The browser's place in a log; undefined where it is none. */
function placeFrom(header: string | undefined): LogPlace | undefined {
  const [, generation, bytes] = /^([0-9a-z]{1,16})-(\d{1,15})$/.exec(header ?? "") ?? [];
  return generation === undefined ? undefined : { generation, bytes: Number(bytes) };
}

function idOf({ generation, bytes }: LogPlace): string {
  return `${generation}-${bytes}`;
}

/** @returns where they end; before the start of a log that was begun anew meanwhile */
async function sendStanding(stream: SSEStreamingApi, log: RunLog, run: FollowedRun): Promise<LogPlace> {
  const { place } = log;
  if (!log.hasEvents) {
    for (const event of await run.instead()) await stream.writeSSE({ data: JSON.stringify(event) });
    return place;
  }
  const counts = log.standing();
  for await (const piece of log.read({ to: place.bytes })) {
    if (piece.end.generation !== place.generation) return NO_LOG;
    if (stream.aborted) break;
    await send(stream, { ...piece, lines: piece.lines.filter(counts) });
  }
  return place;
}

async function send(stream: SSEStreamingApi, { lines, end: { generation } }: LogPiece): Promise<void> {
  for (const { line, end: bytes } of lines) {
    if (isTaskEvent(line)) await stream.writeSSE({ id: idOf({ generation, bytes }), data: JSON.stringify(line) });
  }
}

async function sendNew(stream: SSEStreamingApi, log: RunLog, from: LogPlace): Promise<LogPlace> {
  let place = from;
  for await (const piece of log.read({ from })) {
    if (stream.aborted) break;
    await send(stream, piece);
    place = piece.end;
  }
  return place;
}

async function follow(
  stream: SSEStreamingApi,
  { run, pace, from }: { run: FollowedRun; pace: Pace; from: LogPlace },
): Promise<void> {
  const gone = new AbortController();
  stream.onAbort(() => gone.abort());
  let place = from;
  let silent = 0;
  while (!stream.aborted) {
    const { log, state } = await run.look();
    const before = place;
    if (!isSamePlace(log.place, before)) place = await sendNew(stream, log, before);
    const isNew = !isSamePlace(place, before);
    if (!isNew && state.state !== "running") {
      await stream.writeSSE({ event: "end", id: idOf(place), data: JSON.stringify(state) });
      return;
    }
    silent = isNew ? 0 : silent + pace.look;
    if (silent >= pace.heartbeat) {
      await stream.write(": nothing new\n\n");
      silent = 0;
    }
    await sleep(pace.look, undefined, { signal: gone.signal });
  }
}
