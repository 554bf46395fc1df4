/** The code of a sign: of ASCII with two digits, of others with four. */
const SIGN = /_(?:2[0-9a-df]|3[a-f]|40|5[b-e]|60|7[b-e]|[1-9a-f][0-9a-f]{3})/g;

/**
 * The name of an open axis as its file has it. A name that is none in Fovea begins with `_`, and has the signs that do not fit as
 * their codes (`src/onnx/read-shape.ts`): `_t_2b_201` is `t+ 1`.
 */
export function axisText(name: string): string {
  if (!name.startsWith("_")) return name;
  const text = name.slice(1).replace(SIGN, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  const isMangled = text !== name.slice(1) || /^\d/.test(text);
  return isMangled ? text : name;
}
