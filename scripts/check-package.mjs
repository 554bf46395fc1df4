/**
 * What npm would publish: exactly the built library and its three papers, nothing of the tests, nothing stale; every entry of
 * `exports` loads and has its types; the command starts; the version is the changelog's newest. Needs `npm run build`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PAPERS = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
const MOST_KILOBYTES = 1024;

const read = (file) => readFileSync(join(ROOT, file), "utf8");
const manifest = JSON.parse(read("package.json"));

/** The files of the package as npm would pack them. */
function packed() {
  // npm would run no script here, but what it reports must not be mixed with what a script prints.
  const options = { cwd: ROOT, encoding: "utf8", shell: process.platform === "win32" };
  const report = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], options));
  const [pack] = Array.isArray(report) ? report : Object.values(report);
  return { files: pack.files.map(({ path }) => path), kilobytes: pack.size / 1024 };
}

/** `src/nn/lstm.ts` → `dist/nn/lstm.js` and `dist/nn/lstm.d.ts`. */
function builtFiles() {
  return readdirSync(join(ROOT, "src"), { recursive: true })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !/\.(test|fixture)\.ts$/.test(file))
    .flatMap((file) => [".js", ".d.ts"].map((ending) => `dist/${file.slice(0, -3)}${ending}`));
}

function* contentFaults() {
  const { files, kilobytes } = packed();
  const expected = new Set([...PAPERS, ...builtFiles()]);
  for (const file of files) {
    if (!expected.has(file)) yield `${file}: would be packed but has no source; delete dist and build again`;
    if (file.endsWith(".js")) yield* mapFaults(file);
  }
  for (const file of expected) if (!files.includes(file)) yield `${file}: would not be packed; npm run build`;
  if (kilobytes > MOST_KILOBYTES) yield `package: packs to ${Math.ceil(kilobytes)} kB, more than ${MOST_KILOBYTES}`;
}

function* mapFaults(file) {
  const map = /^\/\/# sourceMappingURL=(.+)$/m.exec(read(file))?.[1];
  if (map && !existsSync(join(ROOT, dirname(file), map))) yield `${file}: names a source map that is not there`;
}

async function* exportFaults() {
  for (const [path, target] of Object.entries(manifest.exports)) {
    if (path === "./package.json") continue;
    const types = target.replace(/\.js$/, ".d.ts");
    if (!existsSync(join(ROOT, types))) yield `exports: ${path} has no types at ${types}`;
    const specifier = path.replace(/^\./, manifest.name);
    try {
      const names = Object.keys(await import(specifier));
      if (names.length === 0) yield `exports: ${specifier} exports nothing`;
    } catch (error) {
      yield `exports: ${specifier} does not load: ${error.message}`;
    }
  }
}

function* commandFaults() {
  for (const [name, target] of Object.entries(manifest.bin)) {
    if (!read(target).startsWith("#!/usr/bin/env node\n"))
      yield `bin: ${target} does not begin with #!/usr/bin/env node`;
    const version = execFileSync(process.execPath, [join(ROOT, target), "--version"], { encoding: "utf8" }).trim();
    if (version !== manifest.version) yield `bin: ${name} --version says ${version}, not ${manifest.version}`;
  }
}

function* versionFaults() {
  const newest = /^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1];
  if (newest !== manifest.version) yield `CHANGELOG.md: begins with ${newest}, but the package is ${manifest.version}`;
  const { packages } = JSON.parse(read("package-lock.json"));
  for (const field of ["version", "dependencies", "devDependencies", "engines", "bin"]) {
    if (JSON.stringify(packages[""][field]) === JSON.stringify(manifest[field])) continue;
    yield `package-lock.json: differs from package.json in ${field}; npm install --package-lock-only`;
  }
}

const faults = [...contentFaults(), ...commandFaults(), ...versionFaults()];
for await (const fault of exportFaults()) faults.push(fault);
for (const fault of faults) console.error(fault);
console.log(`package: ${Object.keys(manifest.exports).length} entries, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
