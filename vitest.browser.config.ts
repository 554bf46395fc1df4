import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { chromiumPath } from "./test/browser/chromium.ts";
import { EXCEPTIONS } from "./test/portable/exceptions.ts";
import { portableTests, STAND_INS } from "./test/portable/portable-tests.ts";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

/** WebGPU where there is no graphics processor: Chromium computes it itself. */
const WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"];

/** Puts the browser's runtime in the place of Node's. */
const standIns: Plugin = {
  name: "stand-ins",
  enforce: "pre",
  resolveId(source, importer) {
    if (this.environment.config.consumer !== "client") return undefined;
    if (source === "onnxruntime-node") return resolve(ROOT, "test/portable/web-ort.ts");
    if (!source.startsWith(".") || !importer) return undefined;
    const standIn = STAND_INS[relative(ROOT, resolve(dirname(importer), source)).replaceAll("\\", "/")];
    return standIn && resolve(ROOT, standIn);
  },
};

const { portable, packages } = portableTests(ROOT);

/** The unit tests of what is portable, and those of what runs in browsers only, in real Chromium. */
export default defineConfig({
  plugins: [standIns],
  // A package found while tests run would load the page anew.
  optimizeDeps: { exclude: ["onnxruntime-web"], include: [...packages] },
  test: {
    include: [...portable],
    exclude: Object.keys(EXCEPTIONS),
    globalSetup: "test/portable/node-training.ts",
    testTimeout: 60_000,
    isolate: false,
    expect: { requireAssertions: true },
    onConsoleLog: (log) => {
      throw new Error(`tests must not print, but one printed: ${log}`);
    },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: chromiumPath(), args: ["--no-sandbox", ...WEBGPU] } }),
      instances: [{ browser: "chromium" }],
    },
  },
});
