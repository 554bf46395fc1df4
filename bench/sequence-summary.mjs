/** What `npm run bench:sequence` makes of its rounds: medians, ratios, lines to print, and whether all computed the same. */

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const OWN = ["Fovea, 1 worker", "Fovea, 2 workers"];

/** Tokens that a step learns from: those written; a classifier's are those read. */
const tokensOf = ({ batch, sourceLen, targetLen = sourceLen }) => batch * targetLen;

/** What tells one case from another. */
const nameOf = ({ model, batch, sourceLen, targetLen, dim }) =>
  `${model}, ${batch} rows of ${sourceLen}${targetLen === undefined ? "" : ` → ${targetLen}`} tokens, ${dim} units`;

/** Each case with what each name measured of it: a median over the rounds. */
function byCase(found, measure) {
  const cases = new Map();
  for (const [name, rounds] of Object.entries(found)) {
    for (const task of rounds[0]?.absent ? [] : rounds[0].results) {
      const title = nameOf(task);
      const same = rounds.map(({ results }) => results.find((other) => nameOf(other) === title));
      const entry = cases.get(title) ?? { case: title, measured: {} };
      entry.measured[name] = measure(same, task);
      cases.set(title, entry);
    }
  }
  return [...cases.values()];
}

/** The best of the names that are not Fovea's. */
function bestPeer(measured, field) {
  const peers = Object.entries(measured).filter(([name]) => !name.startsWith("Fovea"));
  peers.sort(([, a], [, b]) => b[field] - a[field]);
  return peers[0] && { name: peers[0][0], [field]: peers[0][1][field] };
}

function trainingOf(found) {
  const measure = (same, task) => {
    const stepMs = median(same.map((result) => result.stepMs));
    return { stepMs, tokensPerSecond: (1000 * tokensOf(task)) / stepMs, losses: task.losses };
  };
  return byCase(found, measure).map(({ measured, ...rest }) => {
    const best = bestPeer(measured, "tokensPerSecond");
    const [one, two] = OWN.map((name) => measured[name]?.tokensPerSecond);
    return {
      ...rest,
      measured,
      twoWorkersToOne: two / one,
      ...(best ? { bestPeer: best, timesPeer: Math.max(one, two) / best.tokensPerSecond } : {}),
    };
  });
}

function beamOf({ Fovea: own, ...peers }) {
  const found = { Fovea: own.map(({ beam, absent }) => ({ results: beam, absent })), ...peers };
  const measure = (same, { score, tokens }) => ({
    sentencesPerSecond: median(same.map((result) => result.sentencesPerSecond)),
    score,
    tokens,
  });
  return byCase(found, measure).map(({ measured, ...rest }) => {
    const best = bestPeer(measured, "sentencesPerSecond");
    const ratio = best
      ? { bestPeer: best, timesPeer: measured.Fovea.sentencesPerSecond / best.sentencesPerSecond }
      : {};
    return { ...rest, measured, ...ratio };
  });
}

function growingOf(rounds) {
  return rounds[0].growing.map(({ model, results }, i) => ({
    model,
    results: results.map(({ length }, j) => ({
      length,
      tokenMs: median(rounds.map(({ growing }) => growing[i].results[j].tokenMs)),
    })),
  }));
}

/** @param rounds of training and of decoding, by who was measured */
export function summarizeSequence({ training, decoding }) {
  const own = [...OWN.map((name) => training[name]), decoding.Fovea];
  for (const [{ absent }] of own)
    if (absent) throw new Error(`bench: expected Fovea's runs to succeed but found ${absent}`);
  const all = Object.entries({ ...training, ...decoding });
  const absent = Object.fromEntries(all.flatMap(([name, [{ absent }]]) => (absent ? [[name, absent]] : [])));
  const pytorch = Object.entries(training).find(([name, [first]]) => name.startsWith("PyTorch") && first.framework);
  return {
    pytorch: pytorch?.[1][0].framework ?? "absent",
    absent,
    training: trainingOf(training),
    beam: beamOf(decoding),
    growing: growingOf(decoding.Fovea),
    peakMb: Object.fromEntries(OWN.map((name) => [name, Math.max(...training[name].map(({ peakMb }) => peakMb))])),
  };
}

export function sequenceLines({ training, beam, growing, absent }) {
  const times = ({ bestPeer, timesPeer }) =>
    bestPeer
      ? `; ${timesPeer.toFixed(2)} × the best of PyTorch (${bestPeer.name.replace("PyTorch", "").replace(/^[, ]+/, "")})`
      : "";
  const lines = [];
  for (const found of training) {
    const rates = Object.entries(found.measured).map(
      ([name, { tokensPerSecond }]) => `${name} ${tokensPerSecond.toFixed(0)}`,
    );
    lines.push(`${found.case}, tokens/s: ${rates.join("; ")}`);
    lines.push(`  two workers ${found.twoWorkersToOne.toFixed(2)} × one${times(found)}`);
  }
  for (const found of beam) {
    const rates = Object.entries(found.measured).map(([name, of]) => `${name} ${of.sentencesPerSecond.toFixed(1)}`);
    lines.push(`beam search, ${found.case}, sentences/s: ${rates.join("; ")}${times(found)}`);
  }
  for (const { model, results } of growing) {
    const steps = results.map(({ length, tokenMs }) => `${tokenMs.toFixed(2)} ms at ${length} tokens`);
    lines.push(`a token of ${model}, one sentence: ${steps.join(", ")}`);
  }
  for (const [name, reason] of Object.entries(absent)) lines.push(`${name}: absent (${reason})`);
  return lines;
}

const isClose = (a, b) => Math.abs(a - b) <= 1e-4 * Math.abs(b);

/** Where a peer computed something else. */
export function sequenceFaults({ training, beam }) {
  const faults = [];
  for (const { case: title, measured } of training) {
    const [own] = OWN.map((name) => measured[name].losses);
    for (const [name, { losses }] of Object.entries(measured)) {
      if (losses.every((loss, i) => isClose(loss, own[i]))) continue;
      faults.push(`expected the losses of ${name}, ${title}, to be ${own.join(", ")} but found ${losses.join(", ")}`);
    }
  }
  for (const { case: title, measured } of beam) {
    for (const [name, { score }] of Object.entries(measured)) {
      if (isClose(score, measured.Fovea.score)) continue;
      faults.push(`expected the best answer of ${name}, ${title}, to have ${measured.Fovea.score} but found ${score}`);
    }
  }
  return faults;
}
