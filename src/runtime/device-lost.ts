/** The device that computes is gone: taken away by the system, by the browser, or by whoever destroyed it. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
}
