/** An answer as text, cut where its tokens are. */

export interface AnswerPart {
  readonly text: string;
  /** The token that it is of; undefined of what stands between two. */
  readonly place?: number;
}

/**
 * Finds the tokens in the text that they make up. Tokens of words do not tell the spaces between them, and some stand for nothing
 * in the text, as the end: those are left out.
 */
export function answerParts(output: string, tokens: readonly string[]): AnswerPart[] {
  const parts: AnswerPart[] = [];
  let at = 0;
  for (const [place, token] of tokens.entries()) {
    const found = token === "" ? -1 : nextPlace(output, token, at);
    if (found < 0) continue;
    if (found > at) parts.push({ text: output.slice(at, found) });
    parts.push({ text: token, place });
    at = found + token.length;
  }
  if (at < output.length) parts.push({ text: output.slice(at) });
  return parts;
}

/** Where a token begins: right there, or behind spaces; −1 where something else stands there. */
function nextPlace(output: string, token: string, at: number): number {
  if (output.startsWith(token, at)) return at;
  const behind = at + (/^\s*/.exec(output.slice(at))?.[0].length ?? 0);
  return output.startsWith(token, behind) ? behind : -1;
}
