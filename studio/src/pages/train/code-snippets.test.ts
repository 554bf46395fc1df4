import { expect, test } from "vitest";
import type { TrainingRequest } from "../../worker/api.ts";
import { resumeCommand, runCommands, runProgram, trainCommand, trainProgram } from "./code-snippets.ts";

const request: TrainingRequest = {
  recipe: "dates",
  settings: { averaging: "0.99", "model.encoderDim": "3" },
  seed: 7,
  steps: 800,
  workers: 2,
  compute: "auto",
  probes: ["it's 3 May"],
  stopAt: 0.995,
  resume: false,
};

test("a training is a command with each setting that is not the recipe's own", () => {
  expect(trainCommand(request)).toBe(
    "npx fovea train dates --seed 7 --steps 800 --workers 2 \\\n  --set averaging=0.99 \\\n  --set model.encoderDim=3",
  );
  expect(trainCommand({ ...request, settings: {} })).toBe("npx fovea train dates --seed 7 --steps 800 --workers 2");
});

test("a training is a program, with the stop rule and the watched texts where there are any", () => {
  const program = trainProgram(request);
  expect(program).toContain('import { RECIPES, TrainingControl } from "fovea";');
  expect(program).toContain("control.stopAt = 0.995;");
  expect(program).toContain(
    '  settings: {"averaging":"0.99","model.encoderDim":"3"},\n  probes: ["it\'s 3 May"],\n});',
  );
  const plain = trainProgram({ ...request, stopAt: undefined, settings: {}, probes: [] });
  expect(plain).not.toMatch(/control|settings|probes/i);
});

test("a run's folder is named as a shell and a program understand it", () => {
  expect(runCommands("runs/first").split("\n")).toEqual([
    "npx fovea evaluate runs/first",
    "npx fovea predict runs/first '3 May 1979'",
    "npx fovea explain runs/first '3 May 1979' -o attention.html",
  ]);
  expect(runCommands("runs/it's; rm").split("\n")[0]).toBe("npx fovea evaluate 'runs/it'\\''s; rm'");
  expect(runProgram('runs/a"b')).toContain('nodeFolder("runs/a\\"b")');
  expect(resumeCommand("dates", "runs/first")).toBe("npx fovea train dates --resume --out runs/first");
});

test("files, columns and what is made by a generator stand in the command and in the program", () => {
  const { stopAt, steps, ...rest } = request;
  const files = { train: ["my times.tsv"], test: ["t.tsv"], columns: { source: "in words" }, skipBad: true };
  const texts: TrainingRequest = { ...rest, recipe: "translate", settings: {}, probes: [], stopAt: undefined, files };
  expect(trainCommand(texts).split(" \\\n  ")).toEqual([
    "npx fovea train translate --seed 7 --workers 2",
    "--data 'my times.tsv'",
    "--test t.tsv",
    "--column 'source=in words'",
    "--skip-bad",
  ]);
  expect(trainCommand(texts, "times").split("\n")[0]).toBe("npx fovea generate times -o times.tsv");
  const program = trainProgram(texts);
  expect(program).toContain('import { nodeBackend, nodeEngine, nodeFolder, nodeSource } from "fovea/node";');
  expect(program).toContain(
    `  files: ${JSON.stringify(files)},\n  openSource: (name) => nodeSource(name, { owner: "translate" }),`,
  );
  expect(program).toContain("console.log(event.step, event.metrics.bleu);");
  expect(program).not.toContain("steps:");
  expect(runCommands("runs/x", "classify").split("\n")[0]).toBe("npx fovea evaluate runs/x --data test.tsv");
  expect(runProgram("runs/x", "translate")).not.toContain("evaluate");
});
