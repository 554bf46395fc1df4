import { defineConfig } from "vitest/config";

const common = { testTimeout: 60_000, hookTimeout: 60_000, expect: { requireAssertions: true } };

/** What runs in Node. Those under test/browser/ need Chromium: npm run test:browser. */
export default defineConfig({
  test: {
    // Two cores are what there is to expect; the default leaves one of them idle.
    maxWorkers: 2,
    onConsoleLog: (log) => {
      throw new Error(`tests must not print, but one printed: ${log}`);
    },
    projects: [
      {
        test: {
          ...common,
          name: "fovea",
          include: ["src/**/*.test.ts", "test/*.test.ts"],
          // What runs in browsers only: npm run test:portable.
          exclude: ["src/runtime/web*.test.ts"],
        },
      },
      // The studio sees the sources in place of the built library.
      {
        extends: "studio/vite.config.ts",
        test: { ...common, name: "studio", root: "studio", include: ["src/**/*.test.{ts,tsx}"] },
      },
    ],
  },
});
