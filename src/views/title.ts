import type { TextMark, TextTone } from "./scene.ts";
import type { Surface } from "./surface.ts";
import { breakLines } from "./text-lines.ts";
import { titleText, visibleText } from "./token-text.ts";

/** The title above a picture, on up to three lines, and the height down to what follows it. */
export function layoutTitle(title: string | undefined, surface: Surface, at: Corner): TextLines {
  return layoutLines(title, surface, { ...at, tone: "title", step: surface.kind === "page" ? surface.line + 4 : 1 });
}

/** What is to be known of the whole picture, below its title, on up to three lines. */
export function layoutNote(note: string | undefined, surface: Surface, at: Corner): TextLines {
  return layoutLines(note, surface, { ...at, tone: "strong", step: surface.kind === "page" ? surface.line : 1 });
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

interface TextLines {
  readonly marks: TextMark[];
  readonly height: number;
}

function layoutLines(
  text: string | undefined,
  surface: Surface,
  { x, y, tone, step }: Corner & { readonly tone: TextTone; readonly step: number },
): TextLines {
  if (text === undefined) return { marks: [], height: 0 };
  const lines = breakLines(surface.kind === "page" ? titleText(text) : visibleText(text), {
    width: surface.width - x - surface.margin,
    most: 3,
    measure: (line) => surface.textWidth(line, tone),
  });
  const marks = lines.map((line, index): TextMark => {
    return { kind: "text", x, y: y + index * step + surface.line / 2, text: line, anchor: "start", tone };
  });
  return { marks, height: lines.length * step + (surface.kind === "page" ? 8 : 0) };
}
