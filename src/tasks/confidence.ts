/** Decimals where it is not near one. */
const FEWEST_DECIMALS = 2;

/**
 * A confidence as every command, card and page writes it: two decimals, and near one as many as show what is missing to it,
 * `0.41`, `0.9993`, `0.9999999990`. Cut off, never rounded up: who reads `x or more` misses none, and what is not certain
 * never reads as 1.
 */
export function confidenceText(confidence: number): string {
  if (confidence >= 1) return "1";
  // The shortest decimal that reads back as the number; below a millionth it would have an exponent.
  const [, decimals = ""] = (confidence < 1e-6 ? "0" : String(confidence)).split(".");
  const nines = /^9*/.exec(decimals)?.[0].length ?? 0;
  return `0.${decimals.slice(0, Math.max(FEWEST_DECIMALS, nines + 1)).padEnd(FEWEST_DECIMALS, "0")}`;
}
