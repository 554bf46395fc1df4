import { describe, expect, test } from "vitest";
import { moveTo, planeOf, toPlane } from "./plane.ts";

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

describe("the plane of some vectors", () => {
  test("has the directions in which they differ most", () => {
    const vectors = [-3, -2, -1, 0, 1, 2, 3].map((t, i) => [5, 10 * t, 7, i % 2 === 0 ? 1 : -1, 2]);
    const { axes, mean } = planeOf(vectors);
    expect(mean[0]).toBeCloseTo(5, 12);
    expect(Math.abs(axes[0][1] as number)).toBeCloseTo(1, 6);
    expect(Math.abs(axes[1][3] as number)).toBeCloseTo(1, 6);
  });

  test("has directions of length 1 at a right angle, even for vectors that are all alike", () => {
    for (const vectors of [
      [
        [1, 2, 3],
        [1, 2, 3],
      ],
      [[0, 0, 0]],
      [
        [1, 0, 4],
        [2, 0, 4],
        [7, 0, 4],
      ],
    ]) {
      const { axes } = planeOf(vectors);
      expect(dot(axes[0], axes[0])).toBeCloseTo(1, 9);
      expect(dot(axes[1], axes[1])).toBeCloseTo(1, 9);
      expect(dot(axes[0], axes[1])).toBeCloseTo(0, 9);
    }
  });
});

test("a moved vector stands where it was moved, and what is off the plane stays", () => {
  const plane = planeOf([
    [1, 0, 0, 2],
    [0, 3, 0, 1],
    [0, 0, 1, 0],
    [2, 2, 1, 5],
  ]);
  const vector = [0.3, -1, 2, 4];
  const moved = moveTo(plane, vector, [1.5, -2.5]);
  const [x, y] = toPlane(plane, moved);
  expect(x).toBeCloseTo(1.5, 9);
  expect(y).toBeCloseTo(-2.5, 9);
  const [was, now] = [vector, moved].map((v) => {
    const centred = v.map((value, i) => value - (plane.mean[i] as number));
    return centred.map(
      (value, i) =>
        value -
        toPlane(plane, v)[0] * (plane.axes[0][i] as number) -
        toPlane(plane, v)[1] * (plane.axes[1][i] as number),
    );
  }) as [number[], number[]];
  for (const [i, value] of was.entries()) expect(now[i]).toBeCloseTo(value, 9);
});
