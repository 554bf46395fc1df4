/**
 * Whether a name leads to a file inside a folder, on every system: parts between `/`, none of them empty, `.` or `..`; without
 * `\` and `:`, which lead elsewhere on Windows, and without control characters.
 */
export function isNameInside(name: string): boolean {
  return name.split("/").every((part) => !["", ".", ".."].includes(part)) && !/[\\:\p{Cc}]/u.test(name);
}

/**
 * The parts of a file's name.
 *
 * @param path of the folder, for messages
 * @throws RangeError for a name that leads out of it
 */
export function partsInside(path: string, name: string): string[] {
  if (isNameInside(name)) return name.split("/");
  throw new RangeError(`folder: expected the name of a file inside ${path} but found ${name}`);
}
