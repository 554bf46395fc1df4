/**
 * `npm run bench`: every number that the README quotes, measured in one run, printed, and written to bench/results/dates.json
 * with the machine and the commit. Medians of interleaved rounds; quote ratios.
 *
 * Peers are measured where they are installed (bench/peers/README.md), else "absent". PYTHON names the interpreter, default
 * `python3`. FOVEA_PROTOTYPE names a folder with another implementation of the step, `date-step.mjs`, to stand beside.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commitAndMachine } from "./machine.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seeds: { type: "string", default: "3" },
    quick: { type: "boolean" },
  },
});
const root = new URL("..", import.meta.url).pathname;
const python = process.env.PYTHON ?? "python3";
const scratch = mkdtempSync(join(tmpdir(), "fovea-bench-"));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Runs a command and reads the JSON of its last line, or says why it cannot be measured. */
function measured(command, args, { cwd = root } = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  if (status !== 0) return { absent: (stderr ?? "").trim().split("\n").at(-1) || `${command} not found` };
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function prototypeStep() {
  const source = process.env.FOVEA_PROTOTYPE;
  if (!source) return { absent: "FOVEA_PROTOTYPE is not set" };
  const folder = join(scratch, "prototype");
  cpSync(source, folder, { recursive: true });
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  } catch {
    // A later round finds the link of the first.
  }
  const { stdout } = spawnSync(process.execPath, [join(folder, "date-step.mjs")], { encoding: "utf8" });
  const found = /threads 1 median step ms ([\d.]+) min ([\d.]+)/.exec(stdout ?? "");
  return found ? { medianMs: Number(found[1]), bestMs: Number(found[2]) } : { absent: "it printed no median" };
}

const node = (script, ...args) => measured(process.execPath, [join(root, "bench", script), ...args]);
const peers = join(root, "bench", "peers");
const steps = {
  "Fovea, 1 worker": () => node("fovea-step.mjs"),
  "Fovea, 2 workers": () => node("fovea-step.mjs", "--workers", "2"),
  prototype: prototypeStep,
  "PyTorch, eager": () => measured(python, ["pytorch.py", "--steps", "60"], { cwd: peers }),
  "PyTorch, compiled": () => measured(python, ["pytorch.py", "--compile", "--steps", "60"], { cwd: peers }),
  "Keras on JAX": () => measured(python, ["keras_peer.py", "--backend", "jax", "--steps", "60"], { cwd: peers }),
  "Keras on TensorFlow": () =>
    measured(python, ["keras_peer.py", "--backend", "tensorflow", "--steps", "60"], { cwd: peers }),
  "TensorFlow.js (WASM)": () => measured(process.execPath, ["tensorflow-js.mjs", "--steps", "10"], { cwd: peers }),
  "jax-js (WASM)": () => measured(process.execPath, ["jax-js.mjs", "--steps", "10"], { cwd: peers }),
};

function benchSteps() {
  const rounds = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
  const absent = {};
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, run] of Object.entries(steps)) {
      if (absent[name]) continue;
      process.stderr.write(`round ${round + 1}: ${name}\n`);
      const found = run();
      if (found.absent) absent[name] = found.absent;
      else rounds[name].push(found);
    }
  }
  const own = median(rounds["Fovea, 1 worker"].map(({ medianMs }) => medianMs));
  return Object.keys(steps).map((name) => {
    if (absent[name]) return { name, absent: absent[name] };
    const medianMs = median(rounds[name].map((found) => found.medianMs));
    const { firstLoss, lastLoss, version } = rounds[name][0];
    return { name, version, medianMs, timesFovea: medianMs / own, firstLoss, lastLoss };
  });
}

function seconds(command, args, input) {
  const start = performance.now();
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8", input, maxBuffer: 1 << 28 });
  if (status !== 0)
    throw new Error(`bench: expected ${command} ${args.join(" ")} to succeed but it ended with ${status}`);
  return { seconds: (performance.now() - start) / 1000, stdout };
}

function benchPredict(model) {
  const cli = join(root, "dist/cli/main.js");
  const cold = Array.from(
    { length: 7 },
    () => seconds(process.execPath, [cli, "predict", model, "3 May 1979"]).seconds,
  );
  const lines = Array.from(
    { length: 50_000 },
    (_, i) => `${(i % 28) + 1} ${["january", "March", "oct"][i % 3]} ${1950 + (i % 90)}`,
  );
  const streamed = seconds(process.execPath, [cli, "predict", model, "--format", "jsonl"], `${lines.join("\n")}\n`);
  return { coldSeconds: median(cold), datesPerSecond: lines.length / (streamed.seconds - median(cold)) };
}

function benchInstall() {
  const clone = join(scratch, "clone");
  seconds("git", ["clone", "--quiet", root, clone]);
  const npm = (...args) => seconds("npm", ["--prefix", clone, ...args]).seconds;
  return { ciSeconds: npm("ci", "--prefer-offline", "--no-audit"), buildSeconds: npm("run", "build") };
}

const started = new Date().toISOString();
const results = {
  started,
  ...commitAndMachine(root),
  step: benchSteps(),
  adam: node("adam.mjs"),
  training: [],
};
for (let seed = 1; seed <= Number(options.seeds); seed++) {
  process.stderr.write(`training, seed ${seed}\n`);
  results.training.push(
    node("time-to-accuracy.mjs", "--seed", String(seed), "--per-format", options.quick ? "100" : "1000"),
  );
}
process.stderr.write("training, 1 worker, for its memory\n");
const { peakMemoryMb, secondsTo999 } = node("time-to-accuracy.mjs", "--workers", "1");
results.oneWorker = { peakMemoryMb, secondsTo999 };
const model = join(scratch, "model");
process.stderr.write("predict\n");
seconds(process.execPath, [
  join(root, "dist/cli/main.js"),
  "train",
  "dates",
  "--out",
  model,
  "--set",
  "testCount=1000",
]);
results.predict = benchPredict(model);
process.stderr.write("install and build\n");
results.install = benchInstall();
rmSync(scratch, { recursive: true, force: true });

mkdirSync(join(root, "bench/results"), { recursive: true });
writeFileSync(join(root, "bench/results/dates.json"), `${JSON.stringify(results, null, 2)}\n`);
const line = (name, value) => process.stdout.write(`${name.padEnd(46)} ${value}\n`);
for (const { name, absent, medianMs, timesFovea } of results.step) {
  line(
    `step: ${name}`,
    absent ? `absent (${absent})` : `${medianMs.toFixed(1)} ms, ${timesFovea.toFixed(2)} times Fovea's`,
  );
}
line(
  "Adam over 20 million parameters",
  `${results.adam.medianMs.toFixed(0)} ms; one fused pass at copying speed: ${results.adam.fusedLimitMs.toFixed(0)} ms`,
);
for (const run of results.training) {
  line(
    `seed ${run.seed}, 2 workers`,
    `99.9 % after ${run.secondsTo999?.toFixed(1) ?? "–"} s; ${(100 * run.exactMatch).toFixed(2)} % at the end; worst format ${(100 * run.perFormat.worst[0].share).toFixed(1)} %; article ${run.articleRight}/15`,
  );
  line(
    "",
    `certain ${(100 * run.metrics.certainShare).toFixed(1)} %, right ${(100 * run.metrics.certainRight).toFixed(2)} %; nonsense doubtful ${(100 * run.metrics.doubtfulNonsense).toFixed(1)} %`,
  );
}
line("peak memory, 1 worker", `${results.oneWorker.peakMemoryMb.toFixed(0)} MB`);
line("predict, one date, cold process", `${results.predict.coldSeconds.toFixed(2)} s`);
line("predict, from standard input", `${results.predict.datesPerSecond.toFixed(0)} dates/s`);
line(
  "npm ci; npm run build",
  `${results.install.ciSeconds.toFixed(1)} s; ${results.install.buildSeconds.toFixed(1)} s`,
);
