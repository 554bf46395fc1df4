import type { Mark } from "./scene.ts";
import type { Surface } from "./surface.ts";
import { breakLines } from "./text-lines.ts";
import { visibleText } from "./token-text.ts";

/** The title above a picture, on up to three lines, and the height down to what follows it. */
export function layoutTitle(
  title: string | undefined,
  surface: Surface,
  at: { readonly x: number; readonly y: number },
): { marks: Mark[]; height: number } {
  if (title === undefined) return { marks: [], height: 0 };
  const step = surface.kind === "page" ? surface.line + 4 : 1;
  const lines = breakLines(visibleText(title), {
    width: surface.width - at.x - surface.margin,
    most: 3,
    measure: (text) => surface.textWidth(text, "title"),
  });
  const marks = lines.map((text, index): Mark => {
    return { kind: "text", x: at.x, y: at.y + index * step + surface.line / 2, text, anchor: "start", tone: "title" };
  });
  return { marks, height: lines.length * step + (surface.kind === "page" ? 8 : 0) };
}
