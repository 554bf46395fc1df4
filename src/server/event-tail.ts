import { type FileHandle, open } from "node:fs/promises";
import { type LogLine, parseLogLine } from "../tasks/event-log.ts";

/** A line of a log with the place behind it, which is where a reader goes on. */
export interface PlacedLine {
  readonly line: LogLine;
  readonly end: number;
}

/** Bytes of a log that are read at most; a training writes some hundred kilobytes. */
const MOST_BYTES = 2 ** 26;
const NEWLINE = 10;

/**
 * The whole lines of a log from a byte on, damaged ones left out, and the place to go on from. A log that has become shorter than
 * that was begun anew, and is read from its start.
 */
export async function readLog(path: string, from = 0): Promise<{ lines: readonly PlacedLine[]; end: number }> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch {
    return { lines: [], end: 0 };
  }
  try {
    const { size } = await file.stat();
    const start = from > size ? 0 : from;
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES) - Math.min(start, MOST_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    return linesOf(bytes.subarray(0, bytesRead), start);
  } finally {
    await file.close();
  }
}

function linesOf(bytes: Buffer, start: number): { lines: readonly PlacedLine[]; end: number } {
  const lines: PlacedLine[] = [];
  let begin = 0;
  for (let i = bytes.indexOf(NEWLINE); i >= 0; i = bytes.indexOf(NEWLINE, begin)) {
    const line = parseLogLine(bytes.toString("utf8", begin, i));
    begin = i + 1;
    if (line) lines.push({ line, end: start + begin });
  }
  return { lines, end: start + begin };
}
