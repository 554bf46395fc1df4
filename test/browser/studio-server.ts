import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface RunningStudio {
  readonly url: string;
  /** Ends the program, as Ctrl-C does. */
  readonly stop: () => Promise<void>;
}

/** `fovea studio` in a folder, on a free port or the one that is named, once it has told its address. */
export async function startStudio(folder: string, port = 0): Promise<RunningStudio> {
  const program = spawn(process.execPath, [CLI, "studio", "--port", String(port)], { cwd: folder });
  let told = "";
  const url = await new Promise<string>((resolve, reject) => {
    program.stdout.on("data", (part) => {
      told += part;
      const [address] = /http:\S+/.exec(told) ?? [];
      if (address) resolve(address);
    });
    program.stderr.on("data", (part) => {
      told += part;
    });
    program.once("exit", () => reject(new Error(`fovea studio: expected an address but found: ${told}`)));
  });
  return { url, stop: () => stopped(program) };
}

function stopped(program: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (program.exitCode !== null) return resolve();
    program.once("exit", () => resolve());
    program.kill("SIGINT");
  });
}

/** Runs a command of `fovea` in a folder; what it wrote to its standard output. @throws Error where it fails */
export function runFovea(args: readonly string[], folder: string): Promise<string> {
  const program = spawn(process.execPath, [CLI, ...args], { cwd: folder });
  let [out, err] = ["", ""];
  program.stdout.on("data", (part) => {
    out += part;
  });
  program.stderr.on("data", (part) => {
    err += part;
  });
  return new Promise((resolve, reject) => {
    program.once("exit", (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`fovea ${args.join(" ")}: expected exit code 0 but found ${code}: ${err}`));
    });
  });
}
