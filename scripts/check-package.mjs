/**
 * What npm would publish: exactly the built library, the built studio and three papers, nothing of the tests, nothing stale; every
 * entry of `exports` loads and has its types; the command starts; the version is the changelog's newest. Needs `npm run build`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PAPERS = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
/** Packed, all but ONNX Runtime's own files. */
const MOST_KILOBYTES = 1536;
/**
 * ONNX Runtime for the browser, which the studio brings along so that it works offline: its WebAssembly has 14 MB (3.7 MB packed),
 * its build with WebGPU 27 MB (6.7 MB packed).
 */
const MOST_KILOBYTES_OF_RUNTIME = 11_264;

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

const STUDIO = "dist/studio/";

/** The licences, the studio's page, and whatever it or what it leads to names; the names of its files change with their bytes. */
function studioFiles(files) {
  const reached = new Set([`${STUDIO}index.html`, `${STUDIO}licenses.md`]);
  for (const file of reached) {
    if (!/\.(html|js|css)$/.test(file)) continue;
    const text = existsSync(join(ROOT, file)) ? read(file) : "";
    for (const other of files) if (other.startsWith(STUDIO) && text.includes(basename(other))) reached.add(other);
  }
  return reached;
}

/** What the page and its scripts load that is not there: everything with a hash in its name is a file of the build. */
function* missingFaults(files) {
  const names = new Set(files.map((file) => basename(file)));
  for (const file of files) {
    if (!file.startsWith(STUDIO) || !/\.(html|js|css)$/.test(file)) continue;
    for (const [, name] of read(file).matchAll(/["'`(](?:\.\/|assets\/)+([\w.-]+-[\w-]{8}\.\w+)["'`)]/g)) {
      if (!names.has(name)) yield `${file}: loads ${name}, which is not there; npm run build`;
    }
  }
}

const isRuntime = (file) => file.startsWith(STUDIO) && file.endsWith(".wasm");

function* contentFaults() {
  const { files, kilobytes } = packed();
  const expected = new Set([...PAPERS, ...builtFiles(), ...studioFiles(files)]);
  for (const file of files) {
    if (!expected.has(file)) yield `${file}: would be packed but has no source; delete dist and build again`;
    if (/\.(js|css)$/.test(file)) yield* mapFaults(file);
  }
  for (const file of expected) if (!files.includes(file)) yield `${file}: would not be packed; npm run build`;
  yield* missingFaults(files);
  yield* sizeFaults(files.filter(isRuntime), kilobytes);
}

function* sizeFaults(runtime, kilobytes) {
  const ofRuntime = runtime.reduce((sum, file) => sum + gzipSync(readFileSync(join(ROOT, file))).length / 1024, 0);
  const own = kilobytes - ofRuntime;
  console.log(`package: ${Math.ceil(own)} kB packed, and ${Math.ceil(ofRuntime)} kB of ONNX Runtime for the browser`);
  if (own > MOST_KILOBYTES) yield `package: packs to ${Math.ceil(own)} kB, more than ${MOST_KILOBYTES}`;
  if (ofRuntime > MOST_KILOBYTES_OF_RUNTIME)
    yield `package: ONNX Runtime packs to ${Math.ceil(ofRuntime)} kB, more than ${MOST_KILOBYTES_OF_RUNTIME}`;
}

function* mapFaults(file) {
  const map = /^\/[/*]# sourceMappingURL=(\S+)/m.exec(read(file))?.[1];
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
    if (process.platform !== "win32" && (statSync(join(ROOT, target)).mode & 0o111) !== 0o111)
      yield `bin: ${target} may not be run (npx would say "Permission denied"); npm run build`;
    const version = execFileSync(process.execPath, [join(ROOT, target), "--version"], { encoding: "utf8" }).trim();
    if (version !== manifest.version) yield `bin: ${name} --version says ${version}, not ${manifest.version}`;
  }
}

function* versionFaults() {
  const newest = /^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1];
  if (newest !== manifest.version) yield `CHANGELOG.md: begins with ${newest}, but the package is ${manifest.version}`;
  const { packages } = JSON.parse(read("package-lock.json"));
  for (const field of [
    "version",
    "dependencies",
    "devDependencies",
    "optionalDependencies",
    "peerDependencies",
    "engines",
    "bin",
    "workspaces",
  ]) {
    if (JSON.stringify(packages[""][field]) === JSON.stringify(manifest[field])) continue;
    yield `package-lock.json: differs from package.json in ${field}; npm install --package-lock-only`;
  }
}

const faults = [...contentFaults(), ...commandFaults(), ...versionFaults()];
for await (const fault of exportFaults()) faults.push(fault);
for (const fault of faults) console.error(fault);
console.log(`package: ${Object.keys(manifest.exports).length} entries, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
