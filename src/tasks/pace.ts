/** How fast a training goes. Time in which it stood still, because it was told to, does not count. */
export class Pace {
  readonly #firstStep: number;
  #started: number = performance.now();
  /** When the first step was done: it prepares the sessions, so the pace is counted from there. */
  #ready = 0;
  #told = 0;

  /** @param firstStep the steps taken before */
  constructor(firstStep: number) {
    this.#firstStep = firstStep;
  }

  /** Seconds from the beginning, rests left out. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** Waits without counting the time. */
  async rest(wait: Promise<void>): Promise<void> {
    const before = performance.now();
    await wait;
    this.#started += performance.now() - before;
  }

  /**
   * Notes that a step was taken.
   *
   * @returns steps a second so far
   */
  step(step: number): number {
    const { seconds } = this;
    const taken = step - this.#firstStep;
    if (taken === 1) this.#ready = seconds;
    return taken === 1 ? 1 / seconds : (taken - 1) / (seconds - this.#ready);
  }

  /** Whether it is time to tell again, at most so many times a second; asked once a step. */
  isTimeToTell(perSecond: number, isWanted: boolean): boolean {
    const { seconds } = this;
    const isDue = isWanted || seconds - this.#told > 1 / perSecond;
    if (isDue) this.#told = seconds;
    return isDue;
  }
}
