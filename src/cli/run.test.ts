import { expect, test } from "vitest";
import { DataError, ModelError } from "../tensor/errors.ts";
import { testContext, testModel } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { run } from "./run.ts";
import { UsageError } from "./usage-error.ts";

const DEBUG_HINT = "Set FOVEA_DEBUG=1 to see where it happened.";

async function runWith(words: readonly string[], world: Parameters<typeof testContext>[0] = {}) {
  const { context, stdout, stderr } = testContext(world);
  return { code: await run(words, context), out: stdout.text, err: stderr.text };
}

test.each([
  [["trian"], "expected a command but found trian; did you mean train?"],
  [["--nonsense"], "expected an option of this command but found --nonsense; see --help"],
  [["train"], "train: expected <recipe> but found nothing; see --help"],
  [
    ["train", "x", "--stpes", "3"],
    "train: expected an option of this command but found --stpes; did you mean --steps?",
  ],
  [
    ["list", "mechanisms", "--json"],
    "list: expected an option of this command but found --json; did you mean --format json?",
  ],
  [["list", "recipes", "--jsonl"], "list: expected an option of this command but found --jsonl; see --help"],
  [["train", "x", "--json"], "train: expected an option of this command but found --json; see --help"],
  [["train", "x", "--steps"], "train: expected a value after --steps but found nothing; see --help"],
  [["train", "x", "--steps", "abc"], 'train: expected --steps to be a whole number from 1 on but found "abc"'],
  [["train", "x", "--steps", "1e3"], 'train: expected --steps to be a whole number from 1 on but found "1e3"'],
  [["train", "x", "--batch", "0"], 'train: expected --batch to be a whole number from 1 on but found "0"'],
  [["train", "x", "--seed", "-1"], 'train: expected --seed to be a whole number from 0 on but found "-1"'],
  [
    ["train", "x", "--seed", "9".repeat(20)],
    `train: expected --seed to be a whole number from 0 on but found "${"9".repeat(20)}"`,
  ],
  [["train", "x", "--set", "nonsense"], 'train: expected --set to be followed by name=value but found "nonsense"'],
  [["predict", "m", "--format", "xml"], 'predict: expected --format to be human, json or jsonl but found "xml"'],
  [["evaluate", "m", "--min", "exactMatch=x"], 'evaluate: expected --min to give exactMatch a number but found "x"'],
  [
    ["explain", "m", "9", "may"],
    "explain: expected 2 argument(s) but found 3; put a text with spaces in quotes, or see --help",
  ],
  [
    ["list", "mechanism"],
    'list: expected the topic to be mechanisms, recipes, operators or generators but found "mechanism"; did you mean mechanisms?',
  ],
])("%j is a usage error", async (words, message) => {
  expect(await runWith(words)).toEqual({ code: EXIT.usage, out: "", err: `fovea: ${message}\n` });
});

test.each(["train", "predict", "evaluate", "explain", "generate", "list", "doctor"])(
  "the help of %s goes to stdout and ends in examples",
  async (command) => {
    const { code, out, err } = await runWith([command, "--help"]);
    expect({ code, err }).toEqual({ code: EXIT.done, err: "" });
    expect(out).toMatch(new RegExp(`^Usage: fovea ${command} `));
    expect(out).toMatch(/\nExamples:\n( {2}.*fovea .*\n)+$/);
    expect(await runWith(["help", command])).toEqual({ code: EXIT.done, out, err: "" });
  },
);

test("the version is that of the package", async () => {
  const { code, out } = await runWith(["--version"]);
  expect({ code, out }).toEqual({ code: EXIT.done, out: expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/) });
});

test("without a command, help goes to stderr", async () => {
  const { code, out, err } = await runWith([]);
  expect({ code, out }).toEqual({ code: EXIT.usage, out: "" });
  expect(err).toMatch(/^Usage: fovea .*\n[\s\S]*Exit codes:\n[\s\S]*Examples:\n/);
});

/** What the command says when its model fails with an error. */
function failWith(error: unknown, env: Record<string, string> = {}) {
  const model = {
    ...testModel(),
    explain: async () => {
      throw error;
    },
  };
  return runWith(["explain", ".", "x"], { model, env });
}

test.each([
  [new DataError("a: expected b but found c"), EXIT.data, "a: expected b but found c"],
  [
    new DataError("a: expected b but found c", { file: "f.tsv", line: 3, column: 5 }),
    EXIT.data,
    "a: expected b but found c (f.tsv:3:5)",
  ],
  [
    new DataError("a: expected b at f.tsv:3:5 but found c", { file: "f.tsv", line: 3, column: 5 }),
    EXIT.data,
    "a: expected b at f.tsv:3:5 but found c",
  ],
  [new ModelError("a: expected b but found \u001b[2J"), EXIT.model, "a: expected b but found ␛[2J"],
  [new UsageError("a: expected b but found c"), EXIT.usage, "a: expected b but found c"],
  [new RangeError("Invalid array length"), EXIT.failure, `Invalid array length\n${DEBUG_HINT}`],
  [new SyntaxError("a: expected b but found c"), EXIT.failure, `a: expected b but found c\n${DEBUG_HINT}`],
  [new TypeError("x is not a function"), EXIT.failure, `x is not a function\n${DEBUG_HINT}`],
  ["a string", EXIT.failure, "a string"],
])("%s gives its exit code and no stack", async (error, code, message) => {
  expect(await failWith(error)).toEqual({ code, out: "", err: `fovea: ${message}\n` });
});

test("FOVEA_DEBUG shows the stack and the cause", async () => {
  const error = new DataError("a: expected b but found c");
  error.cause = new TypeError("the reason");
  const { err } = await failWith(error, { FOVEA_DEBUG: "1" });
  expect(err).toMatch(/^fovea: a: expected b but found c\n[\s\S]* {4}at [\s\S]*\ncaused by TypeError: the reason\n/);
});
