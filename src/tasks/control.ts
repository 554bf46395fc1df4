/** How long steps may follow each other before the event loop gets its turn. */
const GIVE_WAY_MS = 10;

/** Lets everything that waits in the event loop go first. (A timer would wait for 4 ms in a browser.) */
export async function giveWay(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });
  port1.close();
}

/** Steers a training from outside while it runs; what it holds may be changed at any time. */
export class TrainingControl {
  #learningRateFactor: number | undefined;
  #stopAt: number | undefined;
  #isPaused = false;
  #isFinishing = false;
  #allowed = 0;
  #wake: () => void = () => undefined;
  #gaveWay = 0;

  /** Multiplies the recipe's learning rate from the next step on. @throws RangeError when it is set to no number of 0 or more */
  get learningRateFactor(): number {
    return this.#learningRateFactor ?? 1;
  }

  set learningRateFactor(factor: number) {
    if (!(Number.isFinite(factor) && factor >= 0)) {
      throw new RangeError(`control: expected learningRateFactor to be a number of 0 or more but found ${factor}`);
    }
    this.#learningRateFactor = factor;
  }

  /** Goes on with the factor of a training that was interrupted, unless another has been set. @throws RangeError as the factor itself */
  restore(learningRateFactor: number): void {
    if (this.#learningRateFactor === undefined) this.learningRateFactor = learningRateFactor;
  }

  /**
   * Training ends at the first validation that finds this share of answers right or more; undefined: never for this reason.
   *
   * @throws RangeError when it is set to no share of one
   */
  get stopAt(): number | undefined {
    return this.#stopAt;
  }

  set stopAt(share: number | undefined) {
    if (share !== undefined && !(share >= 0 && share <= 1)) {
      throw new RangeError(`control: expected stopAt to be from 0 to 1 but found ${share}`);
    }
    this.#stopAt = share;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether the next step has to wait until it is allowed. */
  get isWaiting(): boolean {
    return this.#isPaused && this.#allowed === 0 && !this.#isFinishing;
  }

  /** Whether training is to end after this step, with the best model so far measured and saved. */
  get isFinishing(): boolean {
    return this.#isFinishing;
  }

  pause(): void {
    this.#isPaused = true;
    this.#allowed = 0;
  }

  resume(): void {
    this.#isPaused = false;
    this.#allowed = 0;
    this.#wake();
  }

  /** Takes some steps and pauses again. @throws RangeError for a count that is no whole number of 1 or more */
  takeSteps(count: number): void {
    if (!(Number.isInteger(count) && count >= 1)) {
      throw new RangeError(`control: expected a whole number of steps from 1 on but found ${count}`);
    }
    this.#isPaused = true;
    this.#allowed += count;
    this.#wake();
  }

  finish(): void {
    this.#isFinishing = true;
    this.#wake();
  }

  /**
   * Resolves when the next step may be taken. On the way the event loop gets its turn now and then: computing may leave it none, and
   * messages that pause or abort could not arrive.
   */
  async nextStep(signal?: AbortSignal): Promise<void> {
    if (performance.now() - this.#gaveWay > GIVE_WAY_MS) {
      await giveWay();
      this.#gaveWay = performance.now();
    }
    const wake = () => this.#wake();
    signal?.addEventListener("abort", wake);
    try {
      while (this.isWaiting && !signal?.aborted) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      this.#allowed = Math.max(0, this.#allowed - 1);
    } finally {
      signal?.removeEventListener("abort", wake);
    }
  }
}
