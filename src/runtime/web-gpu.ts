import type * as Ort from "onnxruntime-web/webgpu";
import { narrow } from "../onnx/narrow.ts";
import { writeModel } from "../onnx/write.ts";
import { ModelError } from "../tensor/errors.ts";
import type { Backend } from "./backend.ts";
import { DeviceLostError } from "./device-lost.ts";
import { RUN_OPSET, SESSION_OPTIONS } from "./session-options.ts";
import { applySettings, webLoadError } from "./web.ts";
import { queue, WebSession, WebState } from "./web-session.ts";

const FILE = "ort-wasm-simd-threaded.asyncify.wasm";
/** A shader may bind ten arrays or a few more; one of them is the output, and ONNX Runtime adds one of its own. */
const MOST_TENSORS = 8;
/** A run fails a moment before the browser says that the device is lost. */
const WORD_MS = 250;

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

/**
 * Opens the graphics processor with ONNX Runtime's WebGPU, whose 27 MB are loaded only now.
 *
 * @throws ModelError where the browser gives no adapter or no device
 */
export async function openWebGpu(found?: GpuAdapter): Promise<WebGpu> {
  const gpu = found ?? (await findGpu());
  if (!gpu) throw new ModelError("webgpu: expected a graphics adapter but found none in this browser");
  const device = await openDevice(gpu.adapter);
  const ort = await import("onnxruntime-web/webgpu");
  const lost = device.lost.then(({ message, reason }) => {
    const why = (message || reason).replace(/\.$/, "");
    return new DeviceLostError(`webgpu: expected the graphics device to last but found it lost: ${why}`);
  });
  const guarded = <T>(work: () => Promise<T>): Promise<T> => inTurn(() => unlessLost(work, lost));
  return { device, lost, backend: backendOn(ort, device, guarded) };
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

/** The result of work on a device, or DeviceLostError when that is gone: work may then fail in any way, or never end. */
async function unlessLost<T>(work: () => Promise<T>, lost: WebGpu["lost"]): Promise<T> {
  const isLost = lost.then((error): never => {
    throw error;
  });
  isLost.catch(() => undefined);
  try {
    return await Promise.race([work(), isLost]);
  } catch (error) {
    if (!(error instanceof DeviceLostError)) {
      await Promise.race([isLost, new Promise((resolve) => setTimeout(resolve, WORD_MS))]);
    }
    throw error;
  }
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
