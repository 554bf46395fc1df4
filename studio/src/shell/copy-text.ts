/**
 * Puts a text on the clipboard.
 *
 * @returns whether it is there: over plain http a page of another computer has no clipboard, and a reader may forbid it
 */
export async function copyText(text: string): Promise<boolean> {
  // Missing outside of secure contexts, whatever its type says.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    await clipboard?.writeText(text);
    return clipboard !== undefined;
  } catch {
    return false;
  }
}
