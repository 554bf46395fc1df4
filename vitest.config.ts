import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    expect: { requireAssertions: true },
    onConsoleLog: (log) => {
      throw new Error(`tests must not print, but one printed: ${log}`);
    },
  },
});
