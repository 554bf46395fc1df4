import { expect, test } from "vitest";
import { displayWidth } from "./display-width.ts";
import { type Progress, progressLine } from "./progress-line.ts";

const PROGRESS: Progress = {
  label: "training",
  step: 640,
  steps: 1600,
  fields: [
    ["loss", 0.42],
    ["exact", "87.5 %"],
    ["", "12,345 examples/s"],
  ],
  elapsedSeconds: 4.67,
};

test.each([
  [40, "training ▕███░░░░░░▏ 640/1600  0:07 left"],
  [80, "training ▕██░░░▏ 640/1600  loss 0.42  exact 87.5 %  12,345 examples/s  0:07 left"],
  [120, "training ▕████████░░░░░░░░░░░░▏ 640/1600  loss 0.42  exact 87.5 %  12,345 examples/s  0:07 left"],
])("at %i columns it reads %s", (width, line) => {
  expect(progressLine({ ...PROGRESS, width })).toBe(line);
});

test("it is never wider than the terminal, and always says how far it is while there is room", () => {
  for (let width = 1; width <= 130; width++) {
    const line = progressLine({ ...PROGRESS, label: "训练 training", width });
    expect(displayWidth(line)).toBeLessThanOrEqual(width);
    if (width >= 8) expect(line).toContain("640/1600");
  }
});

test("without Unicode it is ASCII", () => {
  expect(progressLine({ ...PROGRESS, fields: [], width: 60, unicode: false })).toBe(
    "training [########............] 640/1600  0:07 left",
  );
});

test("before the first step there is no time, at the end there is the whole", () => {
  expect(progressLine({ label: "a", step: 0, steps: 4, elapsedSeconds: 3, width: 30 })).toBe(
    "a ▕░░░░░░░░░░░░░░░░░░░░▏ 0/4",
  );
  expect(progressLine({ label: "a", step: 4, steps: 4, elapsedSeconds: 63, width: 30 })).toBe(
    "a ▕█████████▏ 4/4  1:03 in all",
  );
  expect(progressLine({ label: "a", step: 0, steps: 0, elapsedSeconds: 0, width: 30 })).toBe(
    "a ▕░░░░░░░░░░░░░░░░░░░░▏ 0/0",
  );
});

test("it speaks Chinese, and nothing in it can command the terminal", () => {
  const line = progressLine({ ...PROGRESS, label: "\u001b[2J", fields: [["\r", "\n"]], language: "zh-CN" });
  expect(line).toBe("␛[2J ▕████████░░░░░░░░░░░░▏ 640/1600  ␍ ↵  0:07 剩余");
});
