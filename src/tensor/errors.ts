/**
 * Errors that a user can cause. Each message reads *owner: expected X but found Y*, and where there is one, the mend.
 * `RangeError` and `SyntaxError` of the language itself are used for numbers out of range and for text that does not parse.
 */

/** Shapes that do not fit together. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Data that cannot be read: a bad line, a character outside the vocabulary, a damaged file. */
export class DataError extends Error {
  override readonly name = "DataError";
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(message: string, place: { file?: string; line?: number; column?: number } = {}) {
    super(message);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
  }
}

/** A model that cannot be built, read or run. */
export class ModelError extends Error {
  override readonly name = "ModelError";
}
