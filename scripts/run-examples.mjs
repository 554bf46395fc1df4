/**
 * Builds and runs the examples: all of them, as CI does, or one with arguments of one's own.
 *
 *     npm run examples
 *     npm run examples -- reader
 *     npm run examples -- date-reader runs/dates
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const BUILT = join(ROOT, "build", "examples");
const TYPESCRIPT = join(ROOT, "node_modules", "typescript", "bin", "tsc");
const COMMAND = join(ROOT, "dist", "cli", "main.js");

/** Steps of the training that `date-reader` is tried on: enough for a folder, not for a good model. */
const FEW_STEPS = "20";

function node(...argv) {
  return spawnSync(process.execPath, argv, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26 });
}

function fail({ status, stdout, stderr }, what) {
  console.error(`${what} ended with ${status}\n${stdout}${stderr}`);
  process.exit(1);
}

/** What to hand to an example that needs a trained model: the folder of a short training. */
function argumentsOf(name, scratch) {
  if (name !== "date-reader") return [];
  const folder = join(scratch, "dates");
  const settings = ["--set", "testCount=100", "--workers", "1", "--steps", FEW_STEPS, "--out", folder];
  const trained = node(COMMAND, "train", "dates", ...settings);
  if (trained.status !== 0) fail(trained, "examples: a short training");
  return [folder];
}

function runAll(names) {
  const scratch = mkdtempSync(join(tmpdir(), "fovea-examples-"));
  try {
    for (const name of names) {
      const started = performance.now();
      const result = node(join(BUILT, `${name}.js`), ...argumentsOf(name, scratch));
      if (result.status !== 0) fail(result, `examples/${name}.ts`);
      console.log(`examples: ${name} passed in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const names = readdirSync(join(ROOT, "examples"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3));
const compiled = node(TYPESCRIPT, "-p", join(ROOT, "examples"));
if (compiled.status !== 0) fail(compiled, "examples: tsc");

const [chosen, ...rest] = process.argv.slice(2);
if (chosen === undefined) runAll(names);
else if (names.includes(chosen)) {
  const argv = [join(BUILT, `${chosen}.js`), ...rest];
  process.exitCode = spawnSync(process.execPath, argv, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
} else {
  console.error(`examples: expected one of ${names.join(", ")} but found ${chosen}`);
  process.exitCode = 2;
}
