/**
 * `npm run bench:attention`: attention mechanisms beside PyTorch, forward and training step, three sizes each; long sequences, by
 * chunks and by the plain formula; and where a recurrence is faster as a scan. The mechanisms' times are medians of interleaved
 * rounds; long sequences and scans are measured once. One thread, but for one long row, which has two. Written to
 * bench/results/attention.json with the machine and the commit. Ends at once where a measurement of Fovea fails, but for a long
 * sequence, and in exit code 1 where PyTorch's losses are others: then the work was not the same.
 *
 * PYTHON names an interpreter with the packages of bench/peers/requirements.txt, default `python3`; without, PyTorch is "absent".
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commitAndMachine } from "./machine.mjs";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const root = new URL("..", import.meta.url).pathname;
const python = process.env.PYTHON ?? "python3";
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const line = (text) => process.stdout.write(`${text}\n`);

function measured(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1));
  const lines = (stderr ?? "").trim().split("\n");
  // Node.js ends with its version, Python with the error.
  return { absent: (lines.find((text) => /^\S*Error\b/.test(text)) ?? lines.at(-1)) || `${command} not found` };
}

const node = (script, ...args) => measured(process.execPath, [join(root, "bench", script), ...args]);

/** What cannot be left out: the reason ends the run. */
function required(script) {
  const found = node(script);
  if (found.absent === undefined) return found;
  console.error(`bench: expected ${script} to succeed but found ${found.absent}`);
  process.exit(1);
}

function benchCases() {
  const rounds = { fovea: [], pytorch: [] };
  for (let round = 1; round <= Number(options.rounds); round++) {
    process.stderr.write(`round ${round}: Fovea\n`);
    rounds.fovea.push(required("attention-step.mjs"));
    process.stderr.write(`round ${round}: PyTorch\n`);
    rounds.pytorch.push(measured(python, [join(root, "bench", "peers", "attention.py")]));
  }
  const absent = rounds.pytorch[0].absent;
  const of = (name, i, field) =>
    name === "pytorch" && absent ? undefined : median(rounds[name].map(({ results }) => results[i][field]));
  const cases = rounds.fovea[0].results.map(({ forwardMs: _, stepMs: __, losses, ...task }, i) => {
    const own = { forwardMs: of("fovea", i, "forwardMs"), stepMs: of("fovea", i, "stepMs"), losses };
    const peer = absent
      ? { absent }
      : {
          forwardMs: of("pytorch", i, "forwardMs"),
          stepMs: of("pytorch", i, "stepMs"),
          losses: rounds.pytorch[0].results[i].losses,
        };
    return { ...task, fovea: own, pytorch: peer };
  });
  return { pytorch: rounds.pytorch[0].framework ?? absent, cases };
}

function benchLong() {
  const rows = [];
  for (const length of [1024, 2048, 4096, 8192, 16384]) {
    for (const form of ["chunked", "plain"]) {
      process.stderr.write(`long: ${form}, ${length}\n`);
      rows.push(node("attention-long.mjs", "--form", form, "--length", String(length)));
    }
  }
  process.stderr.write("long: chunked, 16384, two threads\n");
  rows.push(node("attention-long.mjs", "--form", "chunked", "--length", "16384", "--threads", "2"));
  return rows;
}

const results = {
  started: new Date().toISOString(),
  ...commitAndMachine(root),
  ...benchCases(),
  long: benchLong(),
  scan: required("scan-steps.mjs"),
};
mkdirSync(join(root, "bench/results"), { recursive: true });
writeFileSync(join(root, "bench/results/attention.json"), `${JSON.stringify(results, null, 2)}\n`);

const ms = (value) => `${value.toFixed(value < 100 ? 2 : 0)} ms`.padStart(11);
for (const { mechanism, batch, length, dim, fovea, pytorch } of results.cases) {
  const ratio = (field) =>
    pytorch.absent ? "" : `, PyTorch ${ms(pytorch[field])} (${(pytorch[field] / fovea[field]).toFixed(2)} ×)`;
  const name = `${mechanism} ${batch} × ${length} × ${dim}`.padEnd(28);
  line(`${name} forward ${ms(fovea.forwardMs)}${ratio("forwardMs")}; step ${ms(fovea.stepMs)}${ratio("stepMs")}`);
}
for (const { mechanism, batch, length, dim, fovea, pytorch } of results.cases) {
  const differs = pytorch.losses?.some((loss, i) => !(Math.abs(loss - fovea.losses[i]) <= 1e-4 * Math.abs(loss)));
  if (!differs) continue;
  const [own, peer] = [fovea.losses.join(", "), pytorch.losses.join(", ")];
  console.error(
    `bench: expected PyTorch's losses of ${mechanism} ${batch} × ${length} × ${dim} (${peer}) but found ${own}`,
  );
  process.exitCode = 1;
}
for (const { form, length, threads, stepMs, peakMb, absent } of results.long) {
  line(
    absent
      ? `long: ${absent}`
      : `${form} ${length}, ${threads} thread(s): step ${ms(stepMs)}, peak ${peakMb.toFixed(0)} MB`,
  );
}
for (const { length, unrolled, scan } of results.scan.results) {
  const cost = ({ stepMs, prepareMs, nodes }) =>
    `${ms(stepMs)}, prepared in ${prepareMs.toFixed(0)} ms, ${nodes} nodes`;
  line(`${String(length).padStart(4)} steps: written out ${cost(unrolled)}; scan ${cost(scan)}`);
}
