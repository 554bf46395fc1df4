/** Tables of numbers for the documents, from what `npm run bench` and `npm run bench:attention` have measured. */

const percent = (share) => `${(100 * share).toFixed(2)} %`;
const milliseconds = ({ medianMs }) => `${medianMs.toFixed(1)} ms`;
const list = (values) => values.join(", ");

/** A peer's name, version and time, as `PyTorch, eager 2.9.0: 55.0 ms (3.1 ×)`. */
function peerText({ name, version, medianMs, timesFovea }) {
  return `${[name, version].filter(Boolean).join(" ")}: ${medianMs.toFixed(0)} ms (${timesFovea.toFixed(1)} ×)`;
}

function* stepRows({ step }) {
  const measured = step.filter(({ absent }) => !absent);
  const own = measured.filter(({ name }) => name.startsWith("Fovea"));
  const peers = measured.filter(({ name }) => !name.startsWith("Fovea") && name !== "prototype");
  for (const [index, result] of own.entries()) {
    const workers = result.name.replace("Fovea, ", "");
    yield [
      `training step of the article's model, batch 100, ${workers}`,
      milliseconds(result),
      index ? "" : list(peers.map(peerText)),
    ];
  }
}

function* trainingRows({ training, oneWorker }) {
  const each = (text) => list(training.map(text));
  const seeds = `seeds ${each(({ seed }) => seed)}`;
  yield [
    `from process start to 99.9 % of 10,000 test dates, ${seeds}`,
    each(({ secondsTo999 }) => (secondsTo999 === null ? "not reached" : `${secondsTo999.toFixed(1)} s`)),
  ];
  yield ["exact match on 10,000 test dates", each(({ exactMatch }) => percent(exactMatch))];
  const { count } = training[0].perFormat;
  yield [
    `the worst of the formats, ${count.toLocaleString("en")} dates each`,
    each(({ perFormat }) => `${percent(perFormat.worst[0].share)} (${perFormat.worst[0].name})`),
  ];
  yield ["the article's 15 examples right", each(({ articleRight }) => articleRight)];
  yield ["answers that are certain", each(({ metrics }) => percent(metrics.certainShare))];
  yield ["certain answers that are right", each(({ metrics }) => percent(metrics.certainRight))];
  yield ["inputs without an answer that are doubtful", each(({ metrics }) => percent(metrics.doubtfulNonsense))];
  for (const field of ["Year", "Month", "Day"]) {
    const words = `attention on the ${field.toLowerCase()} as it is written`;
    yield [words, each(({ metrics }) => percent(metrics[`focus${field}`]))];
  }
  const memory = [oneWorker, ...training].map(({ peakMemoryMb }) => peakMemoryMb);
  yield [
    "peak memory of training, one worker; two",
    `${memory[0].toFixed(0)} MB; ${Math.max(...memory.slice(1)).toFixed(0)} MB`,
  ];
}

function* otherRows({ predict, install }) {
  yield ["`fovea predict` of one date, from process start", `${predict.coldSeconds.toFixed(2)} s`];
  yield [
    "`fovea predict` from standard input",
    `${Math.round(predict.datesPerSecond).toLocaleString("en")} dates a second`,
  ];
  yield [
    "`npm ci` with a warm cache; `npm run build`",
    `${install.ciSeconds.toFixed(1)} s; ${install.buildSeconds.toFixed(1)} s`,
  ];
}

function machineSentence({ processor, cores, node }) {
  return `Measured on ${cores} cores of ${processor ?? "a processor without a name"}, Node.js ${node.slice(1)}.`;
}

/** Rows of cells, and the sentence that says on what machine. */
export function benchTable(results) {
  const machine = machineSentence(results.machine);
  const rows = [...stepRows(results), ...trainingRows(results), ...otherRows(results)];
  return { machine, header: ["what", "Fovea", "others"], rows: rows.map((row) => [...row, ""].slice(0, 3)) };
}

const short = (ms) => `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;

/** Mechanisms beside PyTorch, long sequences, and scans: the tables of what `npm run bench:attention` has measured. */
export function attentionTables({ machine, pytorch, cases, long, scan }) {
  const ratio = (own, peer) => (peer === undefined ? "" : `${(peer / own).toFixed(2)} ×`);
  const peer = `PyTorch ${/[\d.]+\d/.exec(pytorch)?.[0] ?? "(absent)"} beside it`;
  const mechanisms = {
    header: ["mechanism", "batch × length × dim, heads", "forward", peer, "training step", peer],
    rows: cases.map(({ mechanism, batch, length, dim, heads, keyValueHeads, fovea, pytorch: peer }) => [
      mechanism,
      `${batch} × ${length} × ${dim}, ${heads === keyValueHeads ? heads : `${heads} on ${keyValueHeads}`}`,
      short(fovea.forwardMs),
      ratio(fovea.forwardMs, peer.forwardMs),
      short(fovea.stepMs),
      ratio(fovea.stepMs, peer.stepMs),
    ]),
  };
  const lengths = [...new Set(long.map(({ length }) => length))];
  const at = (form, wanted) =>
    long.find(({ form: f, length, threads }) => f === form && length === wanted && threads === 1);
  const cost = ({ stepMs, peakMb } = {}) => (stepMs === undefined ? "–" : `${short(stepMs)}, ${peakMb.toFixed(0)} MB`);
  const growth = {
    header: ["length", "chunked: step, peak memory of the process", "all scores at once"],
    rows: lengths.map((length) => [
      length.toLocaleString("en"),
      cost(at("chunked", length)),
      cost(at("plain", length)),
    ]),
  };
  const form = ({ stepMs, prepareMs }) => `${short(stepMs)}, prepared in ${short(prepareMs)}`;
  const scans = {
    header: ["steps", "written out", "one `Scan`"],
    rows: scan.results.map(({ length, unrolled, scan }) => [String(length), form(unrolled), form(scan)]),
  };
  return { machine: machineSentence(machine), mechanisms, growth, scans };
}
