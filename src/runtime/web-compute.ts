import type { Backend } from "./backend.ts";
import type { EngineFactory } from "./engine.ts";
import { fallbackEngine } from "./fallback-engine.ts";
import { measureTraining, type Verdict, verdict } from "./measure-training.ts";
import { singleEngine } from "./single-engine.ts";
import { webBackend } from "./web.ts";
import { findGpu, type GpuAdapter, openWebGpu, type WebGpu } from "./web-gpu.ts";
import { createWebEngine, type WebEngineOptions } from "./web-workers.ts";

/** `auto` is WASM, but for a graphics processor that is measured to be faster. */
export type Compute = "auto" | "wasm" | "webgpu";

export interface ComputeRequest extends WebEngineOptions {
  readonly compute: Compute;
  /** Begins the training that is to be done; for `auto`, which takes some steps of it and ends it by an error. */
  readonly train: (createEngine: EngineFactory) => Promise<unknown>;
  /** Told when the graphics processor was lost during training, and WASM goes on from the state before that step. */
  readonly onFallback?: ((message: string) => void) | undefined;
  /** Default: the browser's adapter. */
  readonly gpu?: GpuAdapter | undefined;
}

/** What computes, and why. */
export interface Computing {
  readonly name: "wasm" | "webgpu";
  /** One line, as `WASM: WebGPU took 92 ms a step, WASM 18 ms`. */
  readonly why: string;
  /** Trains. */
  readonly createEngine: EngineFactory;
  /** Runs exported models, on the processor: there they run wherever they come from. */
  readonly backend: Backend;
}

/**
 * Chooses what trains in this browser: WASM everywhere, and WebGPU where it is asked for, or where there is a graphics processor
 * on which the training itself is measured to be faster. Whatever WebGPU cannot do, WASM does.
 */
export async function chooseBackend(request: ComputeRequest): Promise<Computing> {
  const wasm = (why: string): Computing => {
    return { name: "wasm", why: `WASM: ${why}`, createEngine: createWebEngine(request), backend: webBackend };
  };
  if (request.compute === "wasm") return wasm("as asked for");
  const gpu = request.gpu ?? (await findGpu());
  if (!gpu) return wasm("this browser gives no WebGPU adapter");
  if (request.compute === "auto" && gpu.isSoftware)
    return wasm(`WebGPU is computed on the processor here, by ${gpu.name}`);
  const opened = await openWebGpu(gpu).catch((error: Error) => error.message);
  if (typeof opened === "string") return wasm(`WebGPU does not open: ${opened}`);
  const asked = `as asked for, on ${gpu.name}`;
  const { isFaster, why } =
    request.compute === "webgpu" ? { isFaster: true, why: asked } : await compare(opened, request);
  if (isFaster) {
    return { name: "webgpu", why: `WebGPU: ${why}`, createEngine: gpuEngine(opened, request), backend: webBackend };
  }
  opened.device.destroy();
  return wasm(why);
}

/** Measures the training on both. */
async function compare(opened: WebGpu, request: ComputeRequest): Promise<Verdict> {
  try {
    const there = await measureTraining(singleEngine(opened.backend), request.train);
    const here = await measureTraining(createWebEngine(request), request.train);
    return verdict(there, here);
  } catch (error) {
    return { isFaster: false, why: `WebGPU failed: ${(error as Error).message}` };
  }
}

/** Trains on the device, and lets go of it at the end. */
function gpuEngine(opened: WebGpu, { onFallback, ...options }: ComputeRequest): EngineFactory {
  return fallbackEngine({
    first: singleEngine(opened.backend),
    spare: createWebEngine(options),
    onFallback: ({ message }) => onFallback?.(`${message}; WASM goes on from the step before`),
    onClose: () => opened.device.destroy(),
  });
}
