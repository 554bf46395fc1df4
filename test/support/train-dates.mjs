/**
 * Trains the tiny date normaliser in the folder that is named, or goes on with it; to be killed. Usage:
 * `node train-dates.mjs FOLDER SETTINGS`, the settings as JSON. Writes the type of each event, a line each.
 */
import { RECIPES } from "fovea";
import { nodeBackend, nodeEngine, nodeFolder } from "fovea/node";

const [path, settings] = process.argv.slice(2);
const folder = nodeFolder(path);
const files = await folder.list();
const resume = files.includes("checkpoint.safetensors");
if (resume || !files.includes("config.json")) {
  const given = resume ? { resume } : { settings: JSON.parse(settings) };
  for await (const { type } of RECIPES[0].train({ folder, createEngine: nodeEngine, backend: nodeBackend, ...given })) {
    process.stdout.write(`${type}\n`);
  }
}
