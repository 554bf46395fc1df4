/**
 * Times writing with exported sequence models in Fovea, on one thread: beam search over a batch, and one sentence as its answer grows.
 * No answer ends before its length, so that the work is known. Prints one JSON line.
 *
 *     node bench/sequence-decode.mjs [--least-ms 3000]
 */
import { parseArgs } from "node:util";
import { nodeBackend } from "../dist/node.js";
import { decode } from "../dist/tasks/index.js";
import { exportSequence } from "../dist/tasks/sequence/graphs.js";
import { SessionDecoder } from "../dist/tasks/sequence/session-decoder.js";
import { batchOf, CASES, filled, SPECIAL } from "./sequence-models.mjs";

const { values: options } = parseArgs({ options: { "least-ms": { type: "string", default: "3000" } } });
const leastMs = Number(options["least-ms"]);
const banned = Array.from({ length: SPECIAL }, (_, token) => token);

async function decoderOf(task) {
  const model = filled(task);
  const values = new Map([...model.parameters()].map(([name, { value }]) => [name, value]));
  const { encoder, decoder } = exportSequence(model, { values });
  const sessions = { encoder: await nodeBackend.load(encoder), decoder: await nodeBackend.load(decoder) };
  return new SessionDecoder({ ...sessions, vocabulary: task.vocabulary });
}

function sourcesOf(task) {
  const { data } = batchOf(task).source;
  return Array.from({ length: task.batch }, (_, row) => data.slice(row * task.sourceLen, (row + 1) * task.sourceLen));
}

/** Median of runs in milliseconds, after one to warm up. */
async function timed(run) {
  await run();
  const times = [];
  for (const start = performance.now(); performance.now() - start < leastMs || times.length < 3; ) {
    const before = performance.now();
    await run();
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function write(decoder, sources, { beam, maxLen }) {
  const state = await decoder.encode(sources);
  const sourceLengths = sources.map(({ length }) => length);
  return decode(decoder, { state, rows: sources.length, sourceLengths }, { beam, maxLen, banned });
}

async function measureBeam(task) {
  const { batch, targetLen, beam } = task;
  const decoder = await decoderOf(task);
  const sources = sourcesOf(task);
  const [[best]] = await write(decoder, sources, { beam, maxLen: targetLen });
  const ms = await timed(() => write(decoder, sources, { beam, maxLen: targetLen }));
  await decoder.release();
  return { ...task, sentencesPerSecond: (1000 * batch) / ms, score: best.score, tokens: best.tokens };
}

async function measureGrowth(model) {
  const { lengths, ...task } = CASES.growing;
  const given = { ...task, model, targetLen: 1 };
  const decoder = await decoderOf(given);
  const sources = sourcesOf(given);
  const results = [];
  for (const maxLen of lengths) {
    const ms = await timed(() => write(decoder, sources, { beam: 1, maxLen }));
    results.push({ length: maxLen, tokenMs: ms / maxLen });
  }
  await decoder.release();
  return { model, results };
}

const beam = [];
for (const task of CASES.decoding) beam.push(await measureBeam(task));
const growing = [];
for (const model of ["bahdanau", "luong"]) growing.push(await measureGrowth(model));
console.log(JSON.stringify({ framework: "fovea", beam, growing }));
