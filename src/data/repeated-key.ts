/**
 * A key that an object of a JSON text names twice, or undefined. `JSON.parse` keeps the last without a word, and two readers
 * that keep different ones disagree on what a file says. The text must be valid JSON.
 */
export function repeatedKey(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const [text, colon] of json.matchAll(token)) {
    if (text === "{") open.push(new Set());
    else if (text === "[") open.push(undefined);
    else if (text === "}" || text === "]") open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(text.slice(0, -colon.length)) as string;
      const keys = open.at(-1) as Set<string>;
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
