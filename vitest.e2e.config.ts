import { defineConfig } from "vitest/config";

/** The studio from end to end: tests in Node that drive a Chromium, and need `npm run build`. One file at a time: they train. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    fileParallelism: false,
    // A browser on two shared cores may be late for a moment; what fails three times is a fault.
    retry: 2,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { requireAssertions: true, poll: { timeout: 15_000 } },
    onConsoleLog: (log) => {
      throw new Error(`tests must not print, but one printed: ${log}`);
    },
  },
});
