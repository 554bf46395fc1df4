import { expect, it } from "vitest";
import { sequenceFaults, sequenceLines, summarizeSequence } from "../bench/sequence-summary.mjs";

const task = { model: "luong", batch: 64, sourceLen: 16, targetLen: 16, dim: 256 };
const step = (framework: string, stepMs: number, losses = [8, 7]) => ({
  framework,
  results: [{ ...task, stepMs, losses }],
  peakMb: 100,
});
const growing = [{ model: "luong", results: [{ length: 32, tokenMs: 0.5 }] }];
const written = (sentencesPerSecond: number, score = -9) => ({ ...task, sentencesPerSecond, score, tokens: [4] });
const rounds = {
  training: {
    "Fovea, 1 worker": [step("fovea", 400), step("fovea", 100), step("fovea", 200)],
    "Fovea, 2 workers": [step("fovea", 100)],
    "PyTorch, 1 thread": [step("pytorch 2", 400, [8, 7.0001])],
    "PyTorch, 2 threads": [step("pytorch 2", 250)],
    "PyTorch compiled, 1 thread": [{ absent: "no compiler" }],
  },
  decoding: {
    Fovea: [{ beam: [written(30)], growing }],
    "PyTorch, 1 thread": [{ framework: "pytorch 2", results: [written(40)] }],
  },
};

it("takes medians, and the best of the others", () => {
  const found = summarizeSequence(rounds);
  expect(found.absent).toEqual({ "PyTorch compiled, 1 thread": "no compiler" });
  expect(found.pytorch).toBe("pytorch 2");
  const [training] = found.training;
  expect(training?.measured["Fovea, 1 worker"]?.tokensPerSecond).toBe(5120);
  expect(training).toMatchObject({ twoWorkersToOne: 2, timesPeer: 2.5, bestPeer: { name: "PyTorch, 2 threads" } });
  expect(found.beam[0]).toMatchObject({ timesPeer: 0.75, bestPeer: { name: "PyTorch, 1 thread" } });
  expect(sequenceFaults(found)).toEqual([]);
  expect(sequenceLines(found)).toContain("  two workers 2.00 × one; 2.50 × the best of PyTorch (2 threads)");
});

it("tells where another computed something else", () => {
  const other = {
    training: { ...rounds.training, "PyTorch, 1 thread": [step("pytorch 2", 400, [8, 7.1])] },
    decoding: { ...rounds.decoding, "PyTorch, 1 thread": [{ framework: "pytorch 2", results: [written(40, -9.1)] }] },
  };
  const title = "luong, 64 rows of 16 → 16 tokens, 256 units";
  expect(sequenceFaults(summarizeSequence(other))).toEqual([
    `expected the losses of PyTorch, 1 thread, ${title}, to be 8, 7 but found 8, 7.1`,
    `expected the best answer of PyTorch, 1 thread, ${title}, to have -9 but found -9.1`,
  ]);
});

it("ends where Fovea itself cannot be measured", () => {
  const broken = { ...rounds, decoding: { ...rounds.decoding, Fovea: [{ absent: "no memory" }] } };
  expect(() => summarizeSequence(broken)).toThrow("bench: expected Fovea's runs to succeed but found no memory");
});
