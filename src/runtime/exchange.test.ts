import { describe, expect, it } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { Rng } from "../tensor/random.ts";
import type { Exchange } from "./exchange.ts";
import { MessageExchange } from "./message-exchange.ts";

/** Exchanges of so many ranks, each with ports to all others. */
function ranksOf(ranks: number, size: number): { exchanges: MessageExchange[]; ports: MessagePort[] } {
  const table = Array.from({ length: ranks }, () => new Array<MessagePort | undefined>(ranks).fill(undefined));
  for (let a = 0; a < ranks; a++) {
    for (let b = a + 1; b < ranks; b++) {
      const { port1, port2 } = new MessageChannel();
      (table[a] as (MessagePort | undefined)[])[b] = port1;
      (table[b] as (MessagePort | undefined)[])[a] = port2;
    }
  }
  const exchanges = table.map((ports, rank) => new MessageExchange({ rank, ports, size }));
  return { exchanges, ports: table.flat().flatMap((port) => port ?? []) };
}

function fill(exchange: Exchange, numbers: readonly number[]): void {
  exchange.mine.set(numbers);
}

const GIVEN_UP = new ModelError("workers: expected all to finish a step but one failed");

describe.each([2, 3, 5])("%i ranks", (ranks) => {
  it("get the same bits at every step: what they sent, added in rank order", async () => {
    const { exchanges, ports } = ranksOf(ranks, 7);
    const rng = new Rng(ranks, "exchange");
    for (let step = 0; step < 4; step++) {
      const rows = exchanges.map(() => Array.from({ length: 7 }, () => Math.fround(rng.normal())));
      const sums = exchanges.map(async (exchange, rank) => {
        // The last rank is late, and the others wait for it.
        if (rank === ranks - 1) await new Promise((resolve) => setTimeout(resolve, 2));
        fill(exchange, rows[rank] as number[]);
        return [...(await exchange.sum())];
      });
      const expected = (rows[0] as number[]).map((_, i) => {
        return rows.map((row) => row[i] as number).reduce((sum, value) => Math.fround(sum + value));
      });
      expect(await Promise.all(sums)).toEqual(exchanges.map(() => expected));
    }
    for (const port of ports) port.close();
  });
});

it("a rank may be ahead by a step", async () => {
  const { exchanges, ports } = ranksOf(2, 1);
  const [fast, slow] = exchanges as [MessageExchange, MessageExchange];
  const sums: number[] = [];
  fill(slow, [10]);
  const late = slow.sum();
  for (const value of [1, 2]) {
    fill(fast, [value]);
    const sum = fast.sum();
    if (value === 2) {
      sums.push(...(await late));
      fill(slow, [20]);
      sums.push(...(await slow.sum()));
    }
    sums.push(...(await sum));
  }
  expect(sums).toEqual([11, 11, 22, 22]);
  for (const port of ports) port.close();
});

it("a rank does not wait for another that has given up, which says so once", async () => {
  const { exchanges, ports } = ranksOf(3, 1);
  const waiting = (exchanges[0] as Exchange).sum();
  expect([exchanges[1]?.giveUp(), exchanges[1]?.giveUp()]).toEqual([true, false]);
  await expect(waiting).rejects.toThrow(GIVEN_UP);
  await expect(exchanges[0]?.sum()).rejects.toThrow(GIVEN_UP);
  expect(exchanges[0]?.giveUp()).toBe(false);
  for (const port of ports) port.close();
});
