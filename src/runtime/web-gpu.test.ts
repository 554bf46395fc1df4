import { beforeAll, describe, expect, it } from "vitest";
import { adamW } from "../nn/optimizers.ts";
import { Toy, toyBatch, toyLoss } from "../tasks/toy.fixture.ts";
import { Trainer } from "../tasks/trainer.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { applyOne, concat, input } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { DeviceLostError } from "./device-lost.ts";
import type { EngineFactory } from "./engine.ts";
import { fallbackEngine } from "./fallback-engine.ts";
import { compile } from "./program.ts";
import { evaluate } from "./reference/index.ts";
import { singleEngine } from "./single-engine.ts";
import { webBackend } from "./web.ts";
import { type ComputeRequest, chooseBackend } from "./web-compute.ts";
import { findGpu, type GpuAdapter, openWebGpu, type WebGpu, webGpuBackend } from "./web-gpu.ts";

/** An adapter opens one device only, so each test looks for its own. The tests' Chromium computes WebGPU on the processor. */
async function adapter(): Promise<GpuAdapter> {
  const found = await findGpu();
  expect(found).toMatchObject({ name: "swiftshader", isSoftware: true });
  return found as GpuAdapter;
}

const LOST = new DeviceLostError(
  "webgpu: expected the graphics device to last but found it lost: Device was destroyed",
);

async function train(createEngine: EngineFactory, steps: number, before?: (step: number) => void): Promise<number[]> {
  const optimizer = adamW({ learningRate: 0.03 });
  const trainer = new Trainer({ model: new Toy(), loss: toyLoss, optimizer, seed: 3, createEngine });
  const losses: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      before?.(step);
      losses.push((await trainer.takeStep(toyBatch(7, step))).loss);
    }
  } finally {
    await trainer.close();
  }
  return losses;
}

let expected: readonly number[] = [];
beforeAll(async () => {
  expected = await train(singleEngine(webBackend), 6);
});

function expectLosses(losses: readonly number[]): void {
  expectClose(array(losses), array(expected.slice(0, losses.length)), "float32");
}

describe("WebGPU", () => {
  it("trains to the losses of WASM", async () => {
    const { backend, device } = await openWebGpu(await adapter());
    expectLosses(await train(singleEngine(backend), 6));
    device.destroy();
  });

  it("runs nodes that are wider than a shader may be", async () => {
    const x = input("x", [30, 2]);
    const pieces = x.split(new Array<number>(30).fill(1), 0);
    const outputs = { turned: concat([...pieces].reverse(), 0), sum: applyOne("Sum", pieces) };
    const feeds = { x: array([...Array(60).keys()], [30, 2]) };
    const program = await compile(outputs, { backend: webGpuBackend });
    const found = await program.run(feeds);
    const known = evaluate(outputs, feeds);
    for (const name of ["turned", "sum"])
      expect(numbers(found[name] as NdArray)).toEqual(numbers(known[name] as NdArray));
    await program.release();
  });
});

describe("a device that is destroyed during training", () => {
  async function opened(): Promise<WebGpu> {
    return openWebGpu(await adapter());
  }

  it("makes the step fail, and every later one", async () => {
    const gpu = await opened();
    const engine = singleEngine(gpu.backend);
    await expect(train(engine, 4, (step) => step === 2 && gpu.device.destroy())).rejects.toThrow(LOST);
    await expect(train(engine, 1)).rejects.toThrow(LOST);
  });

  it.each([0, 1, 4])("at step %i is gone on from on WASM, which is told once, with the same losses", async (at) => {
    const gpu = await opened();
    const told: Error[] = [];
    const onFallback = (error: Error) => told.push(error);
    const engine = fallbackEngine({ first: singleEngine(gpu.backend), spare: singleEngine(webBackend), onFallback });
    expectLosses(await train(engine, 6, (step) => step === at && gpu.device.destroy()));
    expect(told).toEqual([LOST]);
  });

  it("in the middle of a step is gone on from, too", async () => {
    const gpu = await opened();
    const told: Error[] = [];
    const onFallback = (error: Error) => told.push(error);
    const engine = fallbackEngine({ first: singleEngine(gpu.backend), spare: singleEngine(webBackend), onFallback });
    const destroySoon = (step: number) => step === 3 && setTimeout(() => gpu.device.destroy(), 2);
    const losses = await train(engine, 6, destroySoon);
    expectLosses(losses);
    await gpu.lost;
    expect(told.length).toBeLessThanOrEqual(1);
  });
});

describe("the choice of what computes", () => {
  const choose = (request: Partial<ComputeRequest>) =>
    chooseBackend({ compute: "auto", train: (createEngine) => train(createEngine, 1000), ...request });

  it("is WASM where that is asked for", async () => {
    expect(await choose({ compute: "wasm" })).toMatchObject({ name: "wasm", why: "WASM: as asked for" });
  });

  it("is WASM where WebGPU is a program of the processor's", async () => {
    const { name, why } = await choose({});
    expect([name, why]).toEqual(["wasm", "WASM: WebGPU is computed on the processor here, by swiftshader"]);
  });

  it("is WebGPU where that is asked for, with WASM behind it", async () => {
    const told: string[] = [];
    const gpu = await adapter();
    let opened: GPUDevice | undefined;
    const spied = new Proxy(gpu.adapter, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (name !== "requestDevice") return typeof value === "function" ? value.bind(target) : value;
        return async (descriptor: GPUDeviceDescriptor) => {
          opened = await target.requestDevice(descriptor);
          return opened;
        };
      },
    });
    const onFallback = (message: string) => told.push(message);
    const chosen = await choose({ compute: "webgpu", gpu: { ...gpu, adapter: spied }, onFallback });
    expect([chosen.name, chosen.why]).toEqual(["webgpu", "WebGPU: as asked for, on swiftshader"]);
    expectLosses(await train(chosen.createEngine, 6, (step) => step === 2 && opened?.destroy()));
    expect(told).toEqual([`${LOST.message}; WASM goes on from the step before`]);
  });

  it("is what is measured to be faster, on a graphics processor", async () => {
    const { name, why } = await choose({ gpu: { ...(await adapter()), isSoftware: false } });
    // Which one, the machine decides; here the toy is far too small to be worth a graphics processor.
    expect(name).toBe("wasm");
    expect(why).toMatch(/^WASM: WebGPU took [\d.]+ ms a step, WASM [\d.]+ ms$/);
  });

  it("is WASM where the training is too short to be measured", async () => {
    const gpu = { ...(await adapter()), isSoftware: false };
    const { why } = await choose({ gpu, train: (createEngine) => train(createEngine, 1) });
    expect(why).toBe("WASM: the training is too short to be measured");
  });

  it("is WASM where the device does not open", async () => {
    const gpu = await adapter();
    await gpu.adapter.requestDevice();
    const { name, why } = await choose({ compute: "webgpu", gpu });
    expect(name).toBe("wasm");
    expect(why).toMatch(/^WASM: WebGPU does not open: webgpu: expected a graphics device but found: /);
  });
});
