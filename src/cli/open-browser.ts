import { spawn } from "node:child_process";

/** How each system opens an address in the browser that its user has chosen. */
const OPENERS: Readonly<Record<string, readonly [command: string, ...words: string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", '""'],
};

/** @throws Error where the system has no program for it */
export function openBrowser(address: string): Promise<void> {
  const [command, ...words] = OPENERS[process.platform] ?? ["xdg-open"];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...words, address], {
      stdio: "ignore",
      detached: true,
      windowsVerbatimArguments: true,
    });
    child.once("error", reject);
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
  });
}
