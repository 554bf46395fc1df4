import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it, type TestContext } from "vitest";

/**
 * The packed package in an empty project, as the README tells to install it, on a machine that seems to have CUDA: the install
 * script of onnxruntime-node would download GPU libraries there.
 */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const isWindows = process.platform === "win32";

const folder = mkdtempSync(join(tmpdir(), "fovea-package-"));
const project = join(folder, "project");

/** The environment without what npm tells those that it runs, and with a CUDA toolkit. */
function environment(): Record<string, string | undefined> {
  const told = /^npm_(package|lifecycle|config_(local_prefix|ignore_scripts|prefix)|command|execpath|node_execpath)/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !told.test(name)));
  const path = [join(folder, "cuda", "bin"), process.env.PATH].join(delimiter);
  return { ...env, PATH: path, CUDA_PATH: join(folder, "cuda"), CI: "true", NO_COLOR: "1" };
}

function call(command: string, argv: readonly string[], cwd: string, env = {}): SpawnSyncReturns<string> {
  return spawnSync(command, argv, { cwd, env: { ...environment(), ...env }, encoding: "utf8", shell: isWindows });
}

function makeCudaToolkit(): void {
  const bin = join(folder, "cuda", "bin");
  mkdirSync(bin, { recursive: true });
  const words = "Cuda compilation tools, release 12.4, V12.4.131";
  const file = join(bin, isWindows ? "nvcc.cmd" : "nvcc");
  writeFileSync(file, isWindows ? `@echo ${words}\r\n` : `#!/bin/sh\necho "${words}"\n`);
  chmodSync(file, 0o755);
}

/** What npm says when it reaches no registry. */
const NO_REGISTRY = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

let isInstalled: boolean | undefined;

/** Packs and installs, once; false where no registry answers. */
function install(): boolean {
  makeCudaToolkit();
  expect(call("nvcc", ["--version"], folder).stdout).toContain("release 12.4");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  const packed = call("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], ROOT);
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = join(folder, `fovea-${MANIFEST.version}.tgz`);
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0"];
  const installed = call("npm", ["install", ...options, tarball], project);
  if (NO_REGISTRY.test(installed.stderr)) return false;
  expect(installed.status, installed.stderr).toBe(0);
  return true;
}

beforeEach((context: TestContext) => {
  isInstalled ??= install();
  if (!isInstalled) context.skip("left out, for no registry answers");
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packed package, installed with --ignore-scripts where CUDA is found", () => {
  it("has a command that starts and finds all it needs", () => {
    const command = join(project, "node_modules", ".bin", isWindows ? "fovea.cmd" : "fovea");
    const version = call(command, ["--version"], project);
    expect([version.stdout.trim(), version.status]).toEqual([MANIFEST.version, 0]);
    const doctor = call(command, ["doctor"], project);
    expect(doctor.status, doctor.stdout + doctor.stderr).toBe(0);
    expect(doctor.stdout).toMatch(/ok +ONNX Runtime/);
  });

  it("has entries that load, and trains", () => {
    const entries = Object.keys(MANIFEST.exports)
      .filter((path) => path !== "./package.json" && path !== "./web")
      .map((path) => path.replace(/^\./, "fovea"));
    const code = `
      for (const entry of ${JSON.stringify(entries)}) if (Object.keys(await import(entry)).length === 0) throw new Error(entry);
      const { array, Trainer } = await import("fovea");
      const { adam, Linear, meanSquaredError } = await import("fovea/nn");
      const { nodeEngine } = await import("fovea/node");
      const trainer = new Trainer({
        model: new Linear({ inputDim: 1, outputDim: 1 }),
        loss: (model, { x, y }) => meanSquaredError(model.forward(x), y),
        optimizer: adam({ learningRate: 0.1 }),
        seed: 1,
        createEngine: nodeEngine,
      });
      const batch = { x: array([1, 2, 3], [3, 1]), y: array([2, 4, 6], [3, 1]) };
      let last;
      for await (const { loss } of trainer.fit(new Array(200).fill(batch))) last = loss;
      console.log(last < 1e-3 ? "trained" : last);
    `;
    const { stdout, stderr } = call(process.execPath, ["--input-type=module", "-e", code], project);
    expect(stdout.trim(), stderr).toBe("trained");
  });

  it("has an entry for the browser, which wants onnxruntime-web beside it", () => {
    const load = () =>
      call(process.execPath, ["-e", 'import("fovea/web").then((web) => console.log(typeof web.webBackend))'], project);
    expect(load().stderr).toContain("Cannot find package 'onnxruntime-web'");
    const modules = join("node_modules", "onnxruntime-web");
    symlinkSync(join(ROOT, modules), join(project, modules), "junction");
    const { stdout, stderr } = load();
    expect(stdout.trim(), stderr).toBe("object");
  });

  it("brings the built studio, which needs nothing beside it", () => {
    const command = join(project, "node_modules", ".bin", isWindows ? "fovea.cmd" : "fovea");
    const { status, stderr } = call(command, ["studio", "--export", "site"], project);
    expect(status, stderr).toBe(0);
    const names = (readdirSync(join(project, "site"), { recursive: true }) as string[]).map((name) =>
      name.split(sep).join("/"),
    );
    for (const ending of ["index.html", "licenses.md", "studio.json"]) expect(names).toContain(ending);
    expect(names.filter((name) => name.endsWith(".wasm")).length).toBeGreaterThan(0);
  });

  it("brings its types and no file of its tests", () => {
    const dist = join(project, "node_modules", "fovea", "dist");
    expect(existsSync(join(dist, "index.d.ts"))).toBe(true);
    expect(existsSync(join(dist, "tensor", "tolerances.fixture.js"))).toBe(false);
    expect(existsSync(join(project, "node_modules", "fovea", "src"))).toBe(false);
  });

  it("lets the environment skip the download, where scripts are allowed", () => {
    const script = join(project, "node_modules", "onnxruntime-node", "script", "install.js");
    const skipped = call(process.execPath, [script], join(project, "node_modules", "onnxruntime-node"), {
      ONNXRUNTIME_NODE_INSTALL: "skip",
    });
    expect([skipped.status, skipped.stdout, skipped.stderr]).toEqual([0, "", ""]);
  });
});
