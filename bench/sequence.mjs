/**
 * `npm run bench:sequence`: training whole sequence models, bahdanau and luong, and a classifier of long texts, on one worker and on
 * two, beside PyTorch, eager and compiled, on one thread and on two; beam search beside it; and how long a token takes as an answer
 * grows. Medians of interleaved rounds, written to bench/results/sequence.json with the machine and the commit. Ends in exit code 1
 * where PyTorch's losses or answers are others: then the work was not the same.
 *
 *     npm run bench:sequence -- [--rounds 3] [--least-ms 3000]
 *
 * PYTHON names an interpreter with the packages of bench/peers/requirements.txt, default `python3`; without, PyTorch is "absent".
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commitAndMachine } from "./machine.mjs";
import { sequenceFaults, sequenceLines, summarizeSequence } from "./sequence-summary.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    "least-ms": { type: "string", default: "3000" },
    results: { type: "string" },
  },
});
const root = new URL("..", import.meta.url).pathname;
const python = process.env.PYTHON ?? "python3";
const least = ["--least-ms", options["least-ms"]];

function measured(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1));
  const lines = (stderr ?? "").trim().split("\n");
  return { absent: (lines.findLast((text) => /^\S*Error\b/.test(text)) ?? lines.at(-1)) || `${command} not found` };
}

const node = (script, ...args) => measured(process.execPath, [join(root, "bench", script), ...least, ...args]);
const peer = (...args) => measured(python, [join(root, "bench/peers/sequence.py"), ...least, ...args]);
const training = {
  "Fovea, 1 worker": () => node("sequence-step.mjs"),
  "Fovea, 2 workers": () => node("sequence-step.mjs", "--workers", "2"),
  "PyTorch, 1 thread": () => peer("--threads", "1"),
  "PyTorch, 2 threads": () => peer("--threads", "2"),
  "PyTorch compiled, 1 thread": () => peer("--compile", "--only", "bahdanau", "--threads", "1"),
  "PyTorch compiled, 2 threads": () => peer("--compile", "--only", "bahdanau", "--threads", "2"),
};
const decoding = {
  Fovea: () => node("sequence-decode.mjs"),
  "PyTorch, 1 thread": () => peer("--what", "decoding", "--threads", "1"),
  "PyTorch, 2 threads": () => peer("--what", "decoding", "--threads", "2"),
};

/** Rounds by name, or why a name cannot be measured. */
function rounds(what, runs) {
  const found = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const [name, run] of Object.entries(runs)) {
      if (found[name][0]?.absent) continue;
      process.stderr.write(`${what}, round ${round}: ${name}\n`);
      found[name].push(run());
    }
  }
  return found;
}

const started = new Date().toISOString();
const summary = summarizeSequence({ training: rounds("training", training), decoding: rounds("decoding", decoding) });
const results = { started, ...commitAndMachine(root), ...summary };
const folder = options.results ?? join(root, "bench/results");
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "sequence.json"), `${JSON.stringify(results, null, 2)}\n`);
for (const line of sequenceLines(results)) process.stdout.write(`${line}\n`);
for (const fault of sequenceFaults(results)) {
  process.stderr.write(`bench: ${fault}\n`);
  process.exitCode = 1;
}
