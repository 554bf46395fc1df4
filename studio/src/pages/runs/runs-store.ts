/** The runs of the server's folder: listed every few seconds, those that are shown followed event by event. */
import type { RunSummary } from "fovea/tasks";
import { createStore, type Store } from "../../state/store.ts";
import { type Followed, follow, newlyFollowed, readEvent, readRuns } from "./runs-model.ts";

/** What is known of the server. */
export type Contact = "first" | "there" | "away";

export const runs: Store<readonly RunSummary[]> = createStore<readonly RunSummary[]>([]);
export const contact: Store<Contact> = createStore<Contact>("first");
export const followed: Store<ReadonlyMap<string, Followed>> = createStore<ReadonlyMap<string, Followed>>(new Map());

const LIST_MS = 4000;
const AWAY_MS = 2000;
/** So many milliseconds pass at least from one showing to the next. */
const SHOWING_MS = 220;
/** A browser opens six connections to a server; two stay free for everything else. */
const MOST_SOURCES = 4;

let visits = 0;
let listing: ReturnType<typeof setTimeout> | undefined;
let showing: ReturnType<typeof setTimeout> | undefined;
let wanted: readonly string[] = [];
let live = new Map<string, Followed>();
const sources = new Map<string, EventSource>();

/** Begins to ask the server. @returns a function that ends it */
export function visit(): () => void {
  visits++;
  void ask();
  return () => {
    visits--;
    if (visits > 0) return;
    clearTimeout(listing);
    for (const name of [...sources.keys()]) leave(name);
    live = new Map([...live].filter(([, run]) => run.isOver));
    wanted = [];
  };
}

async function ask(): Promise<void> {
  clearTimeout(listing);
  const found = await listRuns();
  if (found) runs.set(found);
  contact.set(found ? "there" : "away");
  if (found) followNext();
  clearTimeout(listing);
  if (visits > 0) listing = setTimeout(ask, contact.get() === "there" ? LIST_MS : AWAY_MS);
}

/** The runs that the server has; undefined where it gives no answer that can be read. */
async function listRuns(): Promise<readonly RunSummary[] | undefined> {
  try {
    const response = await fetch("api/runs", { cache: "no-store" });
    return response.ok ? readRuns(await response.json()) : undefined;
  } catch {
    return undefined;
  }
}

/** Asks again at once. */
export function askNow(): void {
  void ask();
}

/** Follows these runs and no others. */
export function followAll(names: readonly string[]): void {
  wanted = names;
  for (const name of [...sources.keys()]) if (!names.includes(name)) leave(name);
  followNext();
}

/** Opens as many streams as may be, those that end at once first. */
function followNext(): void {
  const known = new Map(runs.get().map((run) => [run.name, run]));
  const isDue = (name: string) => {
    const isRunning = known.get(name)?.state === "running";
    return known.has(name) && !sources.has(name) && (!live.get(name)?.isOver || isRunning);
  };
  const isLong = (name: string) => Number(known.get(name)?.state === "running");
  const due = wanted.filter(isDue).sort((a, b) => isLong(a) - isLong(b));
  for (const name of due) if (sources.size < MOST_SOURCES) open(name);
}

function open(name: string): void {
  const source = new EventSource(`api/runs/${encodeURIComponent(name)}/events`);
  sources.set(name, source);
  let run = newlyFollowed();
  const keep = () => {
    if (sources.get(name) !== source) return;
    live.set(name, run);
    if (showing === undefined) showing = setTimeout(show, SHOWING_MS);
  };
  source.onmessage = ({ data }) => {
    const event = readEvent(data);
    if (event) run = follow(run, event);
    keep();
  };
  source.addEventListener("end", () => {
    run = { ...run, isOver: true };
    keep();
    leave(name);
    void ask();
  });
  source.onerror = () => {
    // While it is closed it comes to life again with the list; else the browser tries by itself, from where it was.
    if (source.readyState === EventSource.CLOSED) leave(name);
    void ask();
  };
}

function leave(name: string): void {
  sources.get(name)?.close();
  sources.delete(name);
}

function show(): void {
  showing = undefined;
  followed.set(new Map(live));
}
