/**
 * A key that an object of a JSON text names twice, or undefined. `JSON.parse` keeps the last without a word, and two readers
 * that keep different ones disagree on what a file says. The text must be valid JSON.
 */
export function repeatedKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const token = /["{}[\]]/g;
  for (let match = token.exec(json); match; match = token.exec(json)) {
    const [sign] = match;
    if (sign === "{") open.push(new Set());
    else if (sign === "[") open.push(undefined);
    else if (sign !== '"') open.pop();
    else {
      const end = endOfString(json, match.index);
      token.lastIndex = end;
      if (!isKey(json, end)) continue;
      const key = JSON.parse(json.slice(match.index, end)) as string;
      const keys = open.at(-1) as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

/** The place after the string that starts at `start`. By hand: a pattern that repeats overflows the stack on a long string. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isKey(json: string, end: number): boolean {
  let at = end;
  while (" \t\n\r".includes(json[at] ?? "x")) at++;
  return json[at] === ":";
}
