import { readdir } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { tryToWrite } from "./out-folder.ts";
import { drawingFor } from "./terminal.ts";

/** What a check found, and the mend where that is not good. */
export interface Finding {
  readonly found: string;
  readonly mend?: string;
}

/** The facts that the checks look at; tests put others in their place. */
export interface Machine {
  readonly nodeVersion: string;
  readonly platform: string;
  readonly cores: number;
  /** Bytes that this process may use. */
  readonly memory: number;
  /** Adds two numbers with ONNX Runtime. */
  readonly add: (a: number, b: number) => Promise<number>;
  readonly tryToWrite: (folder: string) => Promise<void>;
  /** The files in a folder and below. */
  readonly countFiles: (folder: string) => Promise<number>;
}

type Check = (machine: Machine, context: Context) => Finding | Promise<Finding>;

const CHECKS: Readonly<Record<string, Check>> = {
  "Node.js": checkNode,
  "ONNX Runtime": checkRuntime,
  platform: checkPlatform,
  cores: ({ cores }) => ({ found: `${cores} (training uses ${Math.min(2, cores)})` }),
  memory: checkMemory,
  "current folder": checkFolder,
  studio: checkStudio,
  colour: checkColor,
};

/** One line for each check; the exit code is 1 if one fails. */
export async function doctor(context: Context, machine: Machine = thisMachine()): Promise<ExitCode> {
  const width = Math.max(...Object.keys(CHECKS).map((name) => name.length));
  let code: ExitCode = EXIT.done;
  for (const [name, check] of Object.entries(CHECKS)) {
    const { found, mend } = await check(machine, context);
    if (mend !== undefined) code = EXIT.failure;
    const line = `${mend === undefined ? "ok  " : "fail"}  ${name.padEnd(width)}  ${found}`;
    await context.stdout.line(mend === undefined ? line : `${line}; ${mend}`);
  }
  return code;
}

function thisMachine(): Machine {
  return {
    nodeVersion: process.versions.node,
    platform: `${process.platform}/${process.arch}`,
    cores: availableParallelism(),
    memory: Math.min(totalmem(), process.constrainedMemory?.() || Number.POSITIVE_INFINITY),
    add: addWithRuntime,
    tryToWrite,
    countFiles: async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).length;
    },
  };
}

async function addWithRuntime(a: number, b: number): Promise<number> {
  const [{ nodeBackend }, { input }] = await Promise.all([import("../runtime/node.ts"), import("../tensor/tensor.ts")]);
  const inputs = [input("a", []), input("b", [])] as const;
  const session = await nodeBackend.prepare({ outputs: { sum: inputs[0].add(inputs[1]) }, inputs });
  const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [], dtype: "float32" as const });
  const { sum } = await session.run({ a: scalar(a), b: scalar(b) });
  await session.release();
  return sum?.data[0] as number;
}

function checkNode({ nodeVersion }: Machine): Finding {
  const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return isEnough ? { found: nodeVersion } : { found: nodeVersion, mend: "install 20.19 or later: https://nodejs.org" };
}

async function checkRuntime({ add }: Machine): Promise<Finding> {
  try {
    const sum = await add(2, 3);
    if (sum === 5) return { found: "loads, and 2 + 3 = 5" };
    return { found: `2 + 3 = ${sum}`, mend: "install onnxruntime-node again: npm ci" };
  } catch (error) {
    const [message] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { found: `does not load (${message})`, mend: "install it for this machine: npm ci" };
  }
}

/** Where onnxruntime-node brings a library. */
const PLATFORMS = ["linux/x64", "linux/arm64", "darwin/arm64", "win32/x64", "win32/arm64"];

function checkPlatform({ platform }: Machine): Finding {
  if (PLATFORMS.includes(platform)) return { found: platform };
  return { found: platform, mend: `ONNX Runtime comes for ${PLATFORMS.join(", ")}; run it on one of these` };
}

const GIB = 2 ** 30;

function checkMemory({ memory }: Machine): Finding {
  const found = `${(memory / GIB).toFixed(1)} GiB`;
  return memory >= GIB / 2 ? { found } : { found, mend: "give it 512 MiB at least" };
}

async function checkFolder({ tryToWrite: attempt }: Machine, { cwd }: Context): Promise<Finding> {
  try {
    await attempt(cwd);
    return { found: "can be written to" };
  } catch (error) {
    const { code = "unknown fault" } = error as NodeJS.ErrnoException;
    return { found: `cannot be written to (${code})`, mend: "go to another folder, or name one with --out" };
  }
}

async function checkStudio({ countFiles }: Machine, { page }: Context): Promise<Finding> {
  const count = await countFiles(page).catch(() => 0);
  return count > 0
    ? { found: `is built (${count} files)` }
    : { found: "is not built", mend: "build it: npm run build" };
}

function checkColor(_: Machine, { stdout, env }: Context): Finding {
  const { color, theme, unicode } = drawingFor(stdout, env);
  const colors = { truecolor: "24 bits", "256": "256 colours", none: "none" }[color];
  const reason = color !== "none" || stdout.isTTY ? "" : ", because this is no terminal";
  return { found: `${colors}${reason}, for a ${theme} background, ${unicode ? "Unicode" : "ASCII"}` };
}
