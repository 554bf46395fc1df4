import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** Where and of what the numbers are: the commit, the processor, its memory and Node.js. */
export function commitAndMachine(root) {
  return {
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim(),
    machine: {
      processor: cpus()[0]?.model,
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
    },
  };
}
