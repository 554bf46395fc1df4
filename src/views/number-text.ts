/** Numbers as people read them, the same in every back end and in every language. */

/** At most `digits` significant digits, thousands parted by commas, without trailing zeros: `12,345`, `0.0042`. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return trimExponent(value.toExponential(Math.min(digits, 3) - 1));
  if (Number.isInteger(value)) return groupThousands(String(value));
  const whole = size < 1 ? 0 : Math.floor(Math.log10(size)) + 1;
  const decimals = size < 1 ? digits - 1 - Math.floor(Math.log10(size)) : Math.max(0, digits - whole);
  return groupThousands(trimZeros(value.toFixed(Math.min(20, decimals))));
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function trimExponent(text: string): string {
  return text.replace(/\.?0*e\+?/, "e");
}

function groupThousands(text: string): string {
  const [whole, decimals] = text.split(".") as [string, string | undefined];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

/** A weight, always with three decimals, so that a column of them lines up. */
export function formatWeight(weight: number): string {
  return Math.min(1, Math.max(0, weight)).toFixed(3);
}

/** A duration: `0:07`, `12:30`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The shortest decimal that reads back as the same number: for the elements of a `Float32Array`, as the same 32-bit float. */
export function exactNumber(value: number, source: ArrayLike<number>): number {
  if (!(source instanceof Float32Array)) return value;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
