/**
 * The command line `fovea`. `program.ts` names the commands and their options, one file each runs them, `main.ts` starts it all.
 * Results go to stdout; progress, hints and errors to stderr. A command gets its streams, clock and models from a `Context`, and
 * loads what it needs only when it runs. May import everything in `src/`; nothing imports it.
 */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { Context } from "./context.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { ExplainOptions } from "./explain.ts";
import type { GenerateOptions } from "./generate.ts";
import { GENERATE_SPLITS, PAIR_FORMATS } from "./generate-format.ts";
import type { ListOptions, ListTopic } from "./list.ts";
import { assignment, collect, oneOf, oneOfNumbers, threshold, wholeNumber } from "./option-values.ts";
import type { PredictOptions } from "./predict.ts";
import type { StudioOptions } from "./studio.ts";
import type { TrainOptions } from "./train.ts";
import { nameOwner, PROGRAM } from "./usage.ts";

type SetCode = (code: ExitCode) => void;

const EXAMPLES: Readonly<Record<string, string>> = {
  fovea: `fovea train dates
fovea predict runs/dates "9 may 1998"
fovea explain runs/dates "the 29th of August 1958"`,
  train: `fovea train dates
fovea train dates --out runs/quick --steps 200 --seed 7
fovea train dates --set learningRate=0.002 --out runs/slower
fovea train transduce --data pairs.tsv
fovea train translate --data train.de --data train.en --model luong
fovea train dates --resume`,
  predict: `fovea predict runs/dates "9 may 1998" "10.09.70"
fovea predict runs/dates < dates.txt > iso.txt
echo "3 May 1979" | fovea predict runs/dates --format jsonl`,
  evaluate: `fovea evaluate runs/dates
fovea evaluate runs/dates --data mine.tsv
fovea evaluate runs/dates --min exactMatch=0.99`,
  explain: `fovea explain runs/dates "the 29th of August 1958"
fovea explain runs/dates "3 May 1979" -o attention.html --lang zh-CN
fovea explain runs/dates "3 May 1979" -o attention.png --scale 2 --theme dark`,
  generate: `fovea generate times -o times.tsv
fovea generate foreign-dates --count 5 --seed 7
fovea generate questions --split test --format jsonl -o held-out.jsonl`,
  studio: `fovea studio
fovea studio runs/dates --open
fovea studio --export site runs/dates`,
  list: `fovea list mechanisms
fovea list operators --format json`,
  doctor: "fovea doctor",
};

const EXIT_CODES = `Exit codes:
  0 done, 1 failure, 2 usage, 3 data, 4 model, 5 a --min missed, 130 interrupted`;

/** The commands. Each action runs one command to its end; `setCode` hears its exit code. */
export function createProgram(context: Context, setCode: SetCode): Command {
  const program = new Command(PROGRAM)
    .description("Attention models: build them, train them, look inside them, ship them.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showSuggestionAfterError();
  addTrain(program, context, setCode);
  addPredict(program, context, setCode);
  addEvaluate(program, context, setCode);
  addExplain(program, context, setCode);
  addGenerate(program, context, setCode);
  addStudio(program, context, setCode);
  addList(program, context);
  addDoctor(program, context, setCode);
  for (const command of [program, ...program.commands]) finish(command, context);
  return program;
}

/** Examples, streams and the words of errors, which every command has alike. */
function finish(command: Command, { stdout, stderr }: Context): void {
  const indented = (EXAMPLES[command.name()] as string).replaceAll(/^/gm, "  ");
  const codes = command.parent ? "" : `\n${EXIT_CODES}\n`;
  command
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", `${codes}\nExamples:\n${indented}`)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(100, stdout.columns),
      getErrHelpWidth: () => Math.min(100, stderr.columns),
    });
  nameOwner(command);
}

function addTrain(program: Command, context: Context, setCode: SetCode): void {
  const named = (option: string) => ({ command: "train", option });
  program
    .command("train")
    .summary("train a model by a recipe")
    .description(
      "Trains a model by a recipe, such as dates or transduce, and measures it on data that it has not seen.",
    )
    .argument("<recipe>", "what to train; fovea list recipes shows them all")
    .option(
      "--data <file>",
      "what to learn from: .tsv, .csv or .jsonl; or two plain-text files side by side, each with --data",
      collect,
    )
    .option("--validation <file>", "data to choose the best step by (default: a twentieth of --data)", collect)
    .option("--test <file>", "data to measure the model on (default: another twentieth of --data)", collect)
    .option(
      "--column <role=name>",
      "the column of a role, as source=german; may be repeated (default: by the header's names)",
      assignment(named("--column")),
    )
    .option("--skip-bad", "leave bad records out and count them (default: end at the first)")
    .option("--model <type>", "the kind of model, where a recipe has several: --set model.type=…")
    .option("-o, --out <dir>", "the model's folder, empty or new (default: a new runs/<recipe>)")
    .option("--seed <n>", "what the random numbers start from", wholeNumber(named("--seed"), 0))
    .option("--steps <n>", "how many steps to take", wholeNumber(named("--steps"), 1))
    .option("--batch <n>", "examples in a step", wholeNumber(named("--batch"), 1))
    .option(
      "--workers <n>",
      "threads that share each step (default: 2, or 1 on one core)",
      wholeNumber(named("--workers"), 1),
    )
    .option("--set <path=value>", "change a setting of the recipe; may be repeated", assignment(named("--set")))
    .option("--resume", "go on with an interrupted training: that of --out, or the newest")
    .action(async (recipe: string, options: TrainOptions) => {
      setCode(await (await import("./train.ts")).train(recipe, options, context));
    });
}

function addPredict(program: Command, context: Context, setCode: SetCode): void {
  program
    .command("predict")
    .summary("answer texts, or lines of standard input")
    .description(
      "Prints one answer for each text, in order. Without a text it reads standard input, one line in, one line out. " +
        "A doubtful answer is marked with ?, a line that cannot be read with !; then the exit code is 3.",
    )
    .argument("<model>", "folder of a trained model")
    .argument("[text...]", "texts to answer")
    .option(
      "--format <format>",
      "human, json (one array) or jsonl (a record a line)",
      oneOf({ command: "predict", option: "--format" }, ["human", "json", "jsonl"]),
      "human",
    )
    .action(async (model: string, texts: readonly string[], options: PredictOptions) => {
      setCode(await (await import("./predict.ts")).predict(model, { ...options, texts }, context));
    });
}

function addEvaluate(program: Command, context: Context, setCode: SetCode): void {
  program
    .command("evaluate")
    .summary("measure a model")
    .description("Measures a model on the recipe's test set, or on texts of your own with their right answers.")
    .argument("<model>", "folder of a trained model")
    .option("--data <file>", "texts and answers: .tsv (text, tab, answer), .csv, or .jsonl (text, expected)")
    .option(
      "--min <metric=number>",
      "fail with exit code 5 below this, as exactMatch=0.99; may be repeated",
      threshold({ command: "evaluate", option: "--min" }),
    )
    .option(
      "--format <format>",
      "human or json",
      oneOf({ command: "evaluate", option: "--format" }, ["human", "json"]),
      "human",
    )
    .action(async (model: string, options: EvaluateOptions) => {
      setCode(await (await import("./evaluate.ts")).evaluate(model, options, context));
    });
}

function addExplain(program: Command, context: Context, setCode: SetCode): void {
  const named = (option: string) => ({ command: "explain", option });
  program
    .command("explain")
    .summary("show what an answer was read from")
    .description("Shows which characters or words of the text each one of the answer was read from.")
    .argument("<model>", "folder of a trained model")
    .argument("<text>", "the text to answer")
    .option("-o, --out <file>", "write a file instead: .txt, .json, .csv, .npy, .svg, .html or .png")
    .option(
      "--scale <n>",
      "pixels of a .png for each of the page: 1, 2 or 4 (default: 1)",
      oneOfNumbers(named("--scale"), [1, 2, 4]),
    )
    .option(
      "--theme <theme>",
      "light or dark (default: as the reader prefers; a .png is light)",
      oneOf(named("--theme"), ["light", "dark"]),
    )
    .option("--lang <language>", "en or zh-CN (default: en)", oneOf(named("--lang"), ["en", "zh-CN"]))
    .option("--font <file>", "set the text of a .png in this font (default: fonts of this machine)")
    .action(async (model: string, text: string, options: ExplainOptions) => {
      setCode(await (await import("./explain.ts")).explain(model, { ...options, text }, context));
    });
}

function addGenerate(program: Command, context: Context, setCode: SetCode): void {
  const named = (option: string) => ({ command: "generate", option });
  program
    .command("generate")
    .summary("write example data to train on")
    .description(
      "Writes pairs of texts to train on, drawn from a seed: a line of names, then an example a line, none of them twice. " +
        "A text stands in one split only, whatever the seed.",
    )
    .argument("<generator>", "what to write; fovea list generators shows them all")
    .option("--count <n>", "how many examples", wholeNumber(named("--count"), 1), 10_000)
    .option("--seed <n>", "what the random numbers start from", wholeNumber(named("--seed"), 0, 0xffffffff), 1)
    .option("--split <split>", "train, validation, test or all", oneOf(named("--split"), GENERATE_SPLITS), "all")
    .option(
      "--format <format>",
      "tsv, csv or jsonl (default: as the name of --out ends, else tsv)",
      oneOf(named("--format"), PAIR_FORMATS),
    )
    .option("-o, --out <file>", "write a new file (default: standard output)")
    .action(async (name: string, options: GenerateOptions) => {
      setCode(await (await import("./generate.ts")).generate(name, options, context));
    });
}

function addStudio(program: Command, context: Context, setCode: SetCode): void {
  program
    .command("studio")
    .summary("train and look at attention in the browser")
    .description(
      "Serves the studio to the browsers of this machine, and prints its address. A model is shown at once; the runs of a " +
        "folder are listed, and followed while they train. Nothing is sent to another machine.",
    )
    .argument("[model]", "a model to show: a folder, a .zip of one, or an .onnx")
    .option("--runs <dir>", "the folder of runs to list", "runs")
    .option(
      "--host <address>",
      "listen on this address instead: of the network, or 0.0.0.0 for all (default: 127.0.0.1)",
    )
    .option(
      "--port <n>",
      "listen on this port, 0 for any that is free (default: 4173, or the next that is free)",
      wholeNumber({ command: "studio", option: "--port" }, 0, 65_535),
    )
    .option("--open", "open it in the browser")
    .option(
      "--export <dir>",
      "write it as files for any web server instead, with the model, into an empty or new folder",
    )
    .action(async (model: string | undefined, options: Omit<StudioOptions, "version">) => {
      setCode(await (await import("./studio.ts")).studio(model, { ...options, version: version() }, context));
    });
}

function addList(program: Command, context: Context): void {
  program
    .command("list")
    .summary("list mechanisms, recipes, operators or generators")
    .description(
      "Lists what there is: mechanisms of attention, recipes to train by, operators of graphs, generators of data.",
    )
    .argument(
      "<topic>",
      "mechanisms, recipes, operators or generators",
      oneOf({ command: "list", option: "the topic" }, ["mechanisms", "recipes", "operators", "generators"]),
    )
    .option(
      "--format <format>",
      "human or json",
      oneOf({ command: "list", option: "--format" }, ["human", "json"]),
      "human",
    )
    .action(async (topic: ListTopic, options: ListOptions) =>
      (await import("./list.ts")).list(topic, options, context),
    );
}

function addDoctor(program: Command, context: Context, setCode: SetCode): void {
  program
    .command("doctor")
    .summary("check whether Fovea can run here")
    .description("Checks whether everything that Fovea needs is here, a line each, with a mend for what is not.")
    .action(async () => setCode(await (await import("./doctor.ts")).doctor(context)));
}

function version(): string {
  const manifest = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}
