import type * as Ort from "onnxruntime-web/webgpu";
import { narrow } from "../onnx/narrow.ts";
import { writeModel } from "../onnx/write.ts";
import { ModelError } from "../tensor/errors.ts";
import type { Backend } from "./backend.ts";
import { DeviceLostError } from "./device-lost.ts";
import { RUN_OPSET, SESSION_OPTIONS } from "./session-options.ts";
import { applySettings, webLoadError } from "./web-loader.ts";
import { queue, WebSession, WebState } from "./web-session.ts";

const FILE = "ort-wasm-simd-threaded.asyncify.wasm";
/** A shader may bind ten arrays or a few more; one of them is the output, and ONNX Runtime adds one of its own. */
const MOST_TENSORS = 8;
/** A run fails a moment before the browser says that the device is lost. */
const WORD_MS = 250;
/** A call on a device that is lost comes back in this time, or not at all. */
const REST_MS = 5000;

/** A graphics processor, opened for computing. */
export interface WebGpu {
  readonly backend: Backend;
  readonly device: GPUDevice;
  /** Resolves when the device is gone. */
  readonly lost: Promise<DeviceLostError>;
}

/** What a page may know of the browser's graphics processor before it is opened. */
export interface GpuAdapter {
  readonly adapter: GPUAdapter;
  readonly name: string;
  /** Whether it is none, but a program that stands for one. */
  readonly isSoftware: boolean;
}

/** The browser's adapter, or undefined where there is none. */
export async function findGpu(): Promise<GpuAdapter | undefined> {
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  if (!adapter) return undefined;
  const { info } = adapter;
  const name = [info.description, info.device, info.architecture, info.vendor].find((word) => word) ?? "unnamed";
  const isSoftware =
    info.isFallbackAdapter || /swiftshader|llvmpipe|software|basic render/i.test(`${name} ${info.architecture}`);
  return { adapter, name, isSoftware };
}

/** One at a time, of all devices: the module allows no two calls that overlap. */
const inTurn = queue();
/** Whether a call on a lost device has never come back, so that the module takes no other. */
let isStuck = false;

/**
 * Opens the graphics processor with ONNX Runtime's WebGPU, whose 27 MB are loaded only now.
 *
 * @throws ModelError where the browser gives no adapter or no device
 */
export async function openWebGpu(found?: GpuAdapter): Promise<WebGpu> {
  if (isStuck) {
    throw new ModelError(
      "webgpu: expected ONNX Runtime at rest but found it at work on a lost device; reload the page",
    );
  }
  const gpu = found ?? (await findGpu());
  if (!gpu) throw new ModelError("webgpu: expected a graphics adapter but found none in this browser");
  const device = await openDevice(gpu.adapter);
  const ort = await import("onnxruntime-web/webgpu");
  const lost = device.lost.then(({ message, reason }) => {
    const why = (message || reason).replace(/\.$/, "");
    return new DeviceLostError(`webgpu: expected the graphics device to last but found it lost: ${why}`);
  });
  return { device, lost, backend: backendOn(ort, device, unlessLost(lost)) };
}

/** Makes calls one after the other, and none when the device is gone: calls may then fail in any way, or never end. */
function unlessLost(lost: WebGpu["lost"]): ReturnType<typeof queue> {
  let gone: DeviceLostError | undefined;
  lost.then((error) => {
    gone = error;
  });
  return (work) =>
    inTurn(async () => {
      if (gone) throw gone;
      const outcome = work().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      const first = await Promise.race([outcome, lost]);
      if (first instanceof DeviceLostError) {
        isStuck = (await within(outcome, REST_MS)) === undefined;
        throw first;
      }
      if ("value" in first) return first.value;
      throw (await within(lost, WORD_MS)) ?? first.error;
    });
}

/** What a promise gives in so many milliseconds, or undefined. */
async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  const result = await Promise.race([promise, late]);
  clearTimeout(timer);
  return result;
}

async function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { limits } = adapter;
  const wanted = [
    "maxBufferSize",
    "maxComputeInvocationsPerWorkgroup",
    "maxComputeWorkgroupSizeX",
    "maxComputeWorkgroupSizeY",
    "maxComputeWorkgroupSizeZ",
    "maxComputeWorkgroupsPerDimension",
    "maxComputeWorkgroupStorageSize",
    "maxStorageBufferBindingSize",
    "maxStorageBuffersPerShaderStage",
  ] as const;
  const requiredLimits = Object.fromEntries(wanted.map((name) => [name, limits[name]]));
  const requiredFeatures = (["shader-f16", "subgroups"] as const).filter((name) => adapter.features.has(name));
  return adapter.requestDevice({ requiredLimits, requiredFeatures }).catch((error: Error) => {
    throw new ModelError(`webgpu: expected a graphics device but found: ${error.message}`);
  });
}

function backendOn(ort: typeof Ort, device: GPUDevice, guarded: ReturnType<typeof queue>): Backend {
  return {
    name: "webgpu",
    createState: (values) => new WebState(values),
    prepare({ outputs, inputs }, options) {
      return this.load(writeModel(narrow(outputs, MOST_TENSORS), { inputs, opset: RUN_OPSET }), options);
    },
    async load(bytes, options = {}) {
      applySettings(ort, FILE);
      const executionProviders = [{ name: "webgpu", device }];
      const session = await guarded(() => {
        return ort.InferenceSession.create(bytes, { ...SESSION_OPTIONS, executionProviders });
      }).catch((error: unknown) => {
        throw error instanceof DeviceLostError ? error : webLoadError(error);
      });
      return new WebSession({ ...options, ort, session, bytes: bytes.length, inTurn: guarded });
    },
  };
}

let opened: Promise<WebGpu> | undefined;

/**
 * The browser's graphics processor, opened at the first session; a session after its loss opens it anew. A model that comes as
 * bytes runs as it is: nodes of more than nine arrays are beyond most devices.
 *
 * @throws ModelError where the browser gives no adapter; DeviceLostError when the device is lost
 */
export const webGpuBackend: Backend = {
  name: "webgpu",
  createState: (values) => new WebState(values),
  prepare: async (graph, options) => (await shared()).backend.prepare(graph, options),
  load: async (bytes, options) => (await shared()).backend.load(bytes, options),
};

function shared(): Promise<WebGpu> {
  const forget = () => {
    opened = undefined;
  };
  opened ??= openWebGpu().then((gpu) => {
    gpu.lost.then(forget);
    return gpu;
  });
  opened.catch(forget);
  return opened;
}
