/** The id of `<pad>`: fills the rest of a row. No text is encoded to it. */
export const PAD = 0;
/** The id of `<s>`: what a decoder reads before its first word. */
export const START = 1;
/** The id of `</s>`: ends every encoded text. */
export const END = 2;
/** The id of `<unk>`: a symbol that the vocabulary lacks. */
export const UNKNOWN = 3;

/** The special tokens by id. Every vocabulary begins with them. */
export const SPECIAL_TOKENS: readonly string[] = ["<pad>", "<s>", "</s>", "<unk>"];
