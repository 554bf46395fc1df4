/**
 * Where a recurrence becomes faster as one `Scan` than written out step by step: an LSTM's training step (64 → 64, batch 32) by
 * number of steps, both ways, and how long either takes to prepare. Prints one JSON line.
 *
 *     node bench/scan-steps.mjs [--lengths 8,16,32]
 */
import { parseArgs } from "node:util";
import { gradient } from "../dist/autodiff/index.js";
import { scan } from "../dist/nn/index.js";
import { nodeBackend } from "../dist/node.js";
import { compile } from "../dist/runtime/index.js";
import { input, zeros } from "../dist/tensor/index.js";

const { values: options } = parseArgs({ options: { lengths: { type: "string", default: "8,16,32,64,128,256,512" } } });
const [batch, dim] = [32, 64];

/** Gates i, f, g, o from the projected input and the hidden state. */
function recurrence(length, unroll) {
  const x = input("x", [length, batch, dim]);
  const [w, u, b] = [input("w", [dim, 4 * dim]), input("u", [dim, 4 * dim]), input("b", [4 * dim])];
  const projected = x
    .reshape([length * batch, dim])
    .matmul(w)
    .add(b)
    .reshape([length, batch, 4 * dim]);
  const { output } = scan({
    initial: { hidden: zeros([batch, dim]), cell: zeros([batch, dim]) },
    inputs: { projected },
    step: ({ hidden, cell }, element) => {
      const gates = element.projected.add(hidden.matmul(u)).split([dim, dim, dim, dim], 1);
      const kept = gates[1].sigmoid().mul(cell);
      const next = kept.add(gates[0].sigmoid().mul(gates[2].tanh()));
      const shown = gates[3].sigmoid().mul(next.tanh());
      return { state: { hidden: shown, cell: next }, output: { shown } };
    },
    unroll,
  });
  const loss = output.shown.mul(output.shown).sum();
  const [ofX, ofW, ofU, ofB] = gradient(loss, [x, w, u, b]);
  return { loss, ofX, ofW, ofU, ofB };
}

const array = (shape) => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.1 * Math.sin(i)),
  shape,
  dtype: "float32",
});

async function measure(length, unroll) {
  const start = performance.now();
  const program = await compile(recurrence(length, unroll), { backend: nodeBackend });
  const feeds = {
    x: array([length, batch, dim]),
    w: array([dim, 4 * dim]),
    u: array([dim, 4 * dim]),
    b: array([4 * dim]),
  };
  const prepareMs = performance.now() - start;
  for (let i = 0; i < 3; i++) await program.run(feeds);
  const times = [];
  const begin = performance.now();
  while (performance.now() - begin < 500 || times.length < 5) {
    const before = performance.now();
    await program.run(feeds);
    times.push(performance.now() - before);
  }
  await program.release();
  return { nodes: program.nodeCount, prepareMs, stepMs: times.sort((a, b) => a - b)[times.length >> 1] };
}

const results = [];
for (const length of options.lengths.split(",").map(Number)) {
  results.push({ length, unrolled: await measure(length, true), scan: await measure(length, false) });
}
console.log(JSON.stringify({ batch, dim, results }));
