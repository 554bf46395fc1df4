import { describe, expect, it } from "vitest";
import { TrainingControl } from "./control.ts";

/** Whether a promise is still open after the event loop has had its turn. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise<true>((resolve) => setTimeout(() => resolve(true), 20));
  return Promise.race([promise.then(() => false), later]);
}

describe("steps", () => {
  it("are taken without waiting, unless they are told to pause", async () => {
    const control = new TrainingControl();
    await control.nextStep();
    control.pause();
    expect(control.isPaused).toBe(true);
    const next = control.nextStep();
    expect(await isOpen(next)).toBe(true);
    control.resume();
    await next;
    expect([control.isPaused, await isOpen(control.nextStep())]).toEqual([false, false]);
  });

  it("are taken so many, then paused again", async () => {
    const control = new TrainingControl();
    control.pause();
    const first = control.nextStep();
    control.takeSteps(2);
    await first;
    await control.nextStep();
    expect(await isOpen(control.nextStep())).toBe(true);
    const stopped = new TrainingControl();
    stopped.takeSteps(3);
    stopped.pause();
    expect(await isOpen(stopped.nextStep())).toBe(true);
  });

  it("that were allowed and not taken are forgotten when all may be taken", async () => {
    const control = new TrainingControl();
    control.takeSteps(5);
    control.resume();
    control.takeSteps(1);
    await control.nextStep();
    expect(await isOpen(control.nextStep())).toBe(true);
  });

  it("go on where they are to end or abort, for who takes them to see", async () => {
    const control = new TrainingControl();
    control.pause();
    const next = control.nextStep();
    control.finish();
    await next;
    expect(control.isFinishing).toBe(true);
    const paused = new TrainingControl();
    paused.pause();
    const controller = new AbortController();
    const waiting = paused.nextStep(controller.signal);
    expect(await isOpen(waiting)).toBe(true);
    controller.abort();
    await waiting;
    expect(await isOpen(paused.nextStep(AbortSignal.abort()))).toBe(false);
  });

  it("leave the event loop its turn", async () => {
    const control = new TrainingControl();
    const start = performance.now();
    let isTold = false;
    setTimeout(() => {
      isTold = true;
    }, 5);
    // Without a turn for the event loop the timer would never come.
    while (!isTold && performance.now() - start < 5000) await control.nextStep();
    expect(isTold).toBe(true);
  });
});

describe("a control", () => {
  it("keeps what it is set to", () => {
    const control = new TrainingControl();
    expect([control.learningRateFactor, control.stopAt]).toEqual([1, undefined]);
    control.learningRateFactor = 0.5;
    control.stopAt = 0.99;
    expect([control.learningRateFactor, control.stopAt]).toEqual([0.5, 0.99]);
    control.stopAt = undefined;
    expect(control.stopAt).toBeUndefined();
  });

  it("goes on with the factor of an interrupted training, unless it has been given another", () => {
    const control = new TrainingControl();
    control.restore(0.1);
    expect(control.learningRateFactor).toBe(0.1);
    control.restore(0.2);
    expect(control.learningRateFactor).toBe(0.1);
    const own = new TrainingControl();
    own.learningRateFactor = 1;
    own.restore(0.1);
    expect(own.learningRateFactor).toBe(1);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses %d", (value) => {
    const control = new TrainingControl();
    const set = [
      () => {
        control.learningRateFactor = value;
      },
      () => {
        control.stopAt = value;
      },
      () => control.takeSteps(value),
    ];
    const messages = [
      `control: expected learningRateFactor to be a number of 0 or more but found ${value}`,
      `control: expected stopAt to be from 0 to 1 but found ${value}`,
      `control: expected a whole number of steps from 1 on but found ${value}`,
    ];
    for (const [i, use] of set.entries()) expect(use).toThrow(new RangeError(messages[i]));
    expect([control.learningRateFactor, control.stopAt, control.isPaused]).toEqual([1, undefined, false]);
  });
});
