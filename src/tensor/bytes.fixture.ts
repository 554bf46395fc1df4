/** Whether two arrays hold the same bytes; in one word, so that a difference is not printed. */
export function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const [left, right] = [a, b].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return left?.length === right?.length && (left as Uint8Array).every((byte, i) => byte === right?.[i]);
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes as characters of the same numbers, or back. */
export function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
export function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
