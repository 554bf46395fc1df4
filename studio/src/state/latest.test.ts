import { expect, test } from "vitest";
import { latest } from "./latest.ts";

function setUp() {
  const asked: string[] = [];
  const heard: string[] = [];
  const open = new Map<string, { resolve: (value: string) => void; reject: (error: unknown) => void }>();
  const queue = latest<string, string>({
    answer: (question) => {
      asked.push(question);
      return new Promise((resolve, reject) => open.set(question, { resolve, reject }));
    },
    onAnswer: (answer, question) => heard.push(`${question}=${answer}`),
    onError: (error, question) => heard.push(`${question}!${(error as Error).message}`),
  });
  const settle = async (question: string, act: "resolve" | "reject" = "resolve") => {
    if (act === "resolve") open.get(question)?.resolve(question.toUpperCase());
    else open.get(question)?.reject(new Error("no"));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { queue, asked, heard, settle };
}

test("asks the first and the last of a burst, and hears the last only", async () => {
  const { queue, asked, heard, settle } = setUp();
  for (const question of ["a", "b", "c", "d"]) queue.ask(question);
  await settle("a");
  await settle("d");
  expect(asked).toEqual(["a", "d"]);
  expect(heard).toEqual(["d=D"]);
});

test("goes on after an error, and tells it only if nothing newer waits", async () => {
  const { queue, heard, settle } = setUp();
  queue.ask("a");
  queue.ask("b");
  await settle("a", "reject");
  await settle("b", "reject");
  queue.ask("c");
  await settle("c");
  expect(heard).toEqual(["b!no", "c=C"]);
});

test("a cancelled question is not heard of", async () => {
  const { queue, heard, settle } = setUp();
  queue.ask("a");
  queue.ask("b");
  queue.cancel();
  queue.ask("c");
  await settle("a");
  await settle("c");
  expect(heard).toEqual(["c=C"]);
});
