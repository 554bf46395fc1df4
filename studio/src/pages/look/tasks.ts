/** What there is to know of a model's task to look at it. */
import type { Unit } from "./messages.ts";

/** Tasks whose models write all of their answer at once, or without reading what they wrote. */
const NEVER_GO_ON: readonly string[] = ["dates", "classify"];

/** Whether the model reads what it has written. */
export function goesOn(task: string): boolean {
  return !NEVER_GO_ON.includes(task);
}

/** What is read and written one at a time. */
export function unitOf(task: string): Unit {
  return task === "dates" ? "character" : "token";
}

/** Tasks whose texts are a few words, for a line of signs of equal width; others are sentences and more. */
export function isShortText(task: string): boolean {
  return task === "dates" || task === "transduce";
}
