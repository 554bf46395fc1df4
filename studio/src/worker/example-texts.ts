/** Texts longer than this are none to begin with. */
const LONGEST = 300;
const MOST = 8;

const EXAMPLES = '"type":"examples"';

/** Texts of the test set that a training has told what it makes of, by the log in its folder; none where it has none. */
export function exampleTexts(log: Uint8Array | undefined): string[] {
  if (!log) return [];
  const line = new TextDecoder()
    .decode(log)
    .split("\n")
    .findLast((one) => one.includes(EXAMPLES));
  try {
    const { examples } = JSON.parse(line ?? "{}") as { examples?: unknown };
    if (!Array.isArray(examples)) return [];
    const texts = examples.map((example: { text?: unknown } | null) => example?.text);
    return texts
      .filter((text) => typeof text === "string" && text !== "" && text.length <= LONGEST)
      .slice(0, MOST) as string[];
  } catch {
    return [];
  }
}
