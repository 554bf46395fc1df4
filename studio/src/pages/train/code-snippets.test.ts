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
