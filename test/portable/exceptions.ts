/** Tests that use nothing of Node's, and yet cannot pass in a browser; each with the reason. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  "src/runtime/shared-exchange.test.ts":
    "browsers have shared memory only on pages that are isolated from other origins",
};
