/**
 * Lets the commands of the package be run: TypeScript writes them as it writes any file, and npm marks them only when it first
 * links them, so that a build after that would leave `npx fovea` without permission. Windows, which asks for no mark, ignores it.
 */
import { chmodSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const { bin } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
for (const file of Object.values(bin)) chmodSync(fileURLToPath(new URL(file, root)), 0o755);
