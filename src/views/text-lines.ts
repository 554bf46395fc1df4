import { displayWidth, graphemes, shorten } from "./display-width.ts";

/** Text broken into lines of at most `width`, between words where that is possible; what is beyond `most` lines is cut off. */
export function breakLines(
  text: string,
  { width, most, measure = displayWidth }: { width: number; most: number; measure?: (text: string) => number },
): string[] {
  const lines: string[] = [];
  let rest = text.trim();
  while (rest !== "" && lines.length < most) {
    if (lines.length === most - 1 || measure(rest) <= width) {
      lines.push(shorten(rest, width, measure));
      break;
    }
    const line = longestStart(rest, width, measure);
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  return lines;
}

/** As many words as fit, or as many characters where one word is too long; at least one character. */
function longestStart(text: string, width: number, measure: (text: string) => number): string {
  let fitting = "";
  let atSpace = "";
  for (const grapheme of graphemes(text)) {
    if (fitting !== "" && measure(fitting + grapheme) > width) {
      return grapheme === " " ? fitting : atSpace || fitting;
    }
    fitting += grapheme;
    if (grapheme === " ") atSpace = fitting;
  }
  return fitting;
}
