import { expect, it } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { SharedExchange, shareMemory } from "./shared-exchange.ts";

const GIVEN_UP = new ModelError("workers: expected all to finish a step but one failed");

it("a rank alone gets its own numbers back, step after step", async () => {
  const exchange = new SharedExchange({ rank: 0, ranks: 1, memory: shareMemory(1, 2) });
  const sums: number[][] = [];
  for (let step = 1; step < 4; step++) {
    exchange.mine.set([step, -step]);
    sums.push([...(await exchange.sum())]);
  }
  expect(sums).toEqual([
    [1, -1],
    [2, -2],
    [3, -3],
  ]);
});

it("a rank does not wait for another that has given up", async () => {
  const memory = shareMemory(2, 1);
  const [first, second] = [0, 1].map((rank) => new SharedExchange({ rank, ranks: 2, memory }));
  expect([second?.giveUp(), first?.giveUp()]).toEqual([true, false]);
  await expect(first?.sum()).rejects.toThrow(GIVEN_UP);
});

it("lets events in while it waits", async () => {
  const memory = shareMemory(2, 1);
  const [first, second] = [0, 1].map((rank) => new SharedExchange({ rank, ranks: 2, memory }));
  setTimeout(() => second?.giveUp(), 1);
  await expect(first?.sum()).rejects.toThrow(GIVEN_UP);
});
