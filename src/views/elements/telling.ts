/**
 * The one rule of `fovea-status` for all views: a view tells what is under the reader's hand in it, once; it tells "" when that
 * is nothing any more; and it is silent while it only follows what is pointed at in another view.
 */
export class Telling {
  readonly #tell: (text: string) => void;
  #told: string | undefined = "";
  #isFollowing = false;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** The reader pointed, pinned or let go here. What was told before may have been spoken over by another view. */
  act(): void {
    if (this.#isFollowing) this.#told = undefined;
    this.#isFollowing = false;
  }

  /** The place that is shown comes from outside. */
  follow(): void {
    this.#isFollowing = true;
  }

  /** What is said now of the place that is shown, "" of none. */
  update(text: string): void {
    if (text === this.#told || (this.#isFollowing && text !== "")) return;
    this.#told = text;
    this.#tell(text);
  }
}

/** Makes an output be read aloud while the focus is in its view: of several views that follow each other only that one speaks. */
export function speakWhileFocused(view: HTMLElement, output: HTMLElement): void {
  const speak = (isOn: boolean) => output.setAttribute("aria-live", isOn ? "polite" : "off");
  speak(false);
  view.addEventListener("focusin", () => speak(true));
  view.addEventListener("focusout", () => speak(false));
}
