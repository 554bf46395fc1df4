/** A value as JSON, its typed arrays as plain ones. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    return ArrayBuffer.isView(part) ? Array.from(part as unknown as ArrayLike<number>) : part;
  });
}
