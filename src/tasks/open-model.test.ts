import { beforeAll, describe, expect, it } from "vitest";
import { encodeText, type Folder, filesFolder, memoryFolder } from "../data/folder.ts";
import { initialize, Module } from "../nn/module.ts";
import { trace } from "../nn/trace.ts";
import { decode, encode, type TensorMessage } from "../onnx/messages.ts";
import { writeModel } from "../onnx/write.ts";
import { nodeBackend } from "../runtime/node.ts";
import { singleEngine } from "../runtime/single-engine.ts";
import { DataError, ModelError } from "../tensor/errors.ts";
import { array } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { constant, input, type Tensor } from "../tensor/tensor.ts";
import { dates } from "./dates/index.ts";
import { openAnything, openModel, save } from "./index.ts";

const ONNX = "onnx/model.onnx";
const files = new Map<string, Uint8Array>();
beforeAll(async () => {
  const folder = memoryFolder();
  const sizes = { "model.encoderDim": "3", "model.decoderDim": "5", "model.energyDim": "2" };
  const settings = { steps: "2", batch: "4", validationCount: "5", testCount: "5", ...sizes };
  const createEngine = singleEngine(nodeBackend);
  for await (const event of dates.train({ folder, createEngine, backend: nodeBackend, settings })) {
    if (event.type !== "saved") continue;
    for (const name of event.files) files.set(name, (await folder.read(name)) as Uint8Array);
  }
});

/** The trained folder with one file changed, or left out. */
async function folderWith(name?: string, bytes?: Uint8Array): Promise<Folder> {
  const folder = memoryFolder("here");
  for (const [file, content] of files) if (file !== name) await folder.write(file, content);
  if (name !== undefined && bytes) await folder.write(name, bytes);
  return folder;
}

/** How opening and using a folder ends: in an answer, or with an error that a user can read. */
async function errorOf(folder: Folder): Promise<string> {
  try {
    const model = await openModel(folder, nodeBackend);
    try {
      const { prediction, map } = await model.explain("3 May 1979");
      expect([prediction.text, map.rows.length, map.weights.length]).toEqual(["3 May 1979", 10, 100]);
    } finally {
      await model.close();
    }
    return "no error";
  } catch (error) {
    expect([ModelError, DataError]).toContain((error as Error).constructor);
    return (error as Error).message;
  }
}

const text = (name: string) => new TextDecoder().decode(files.get(name));
const json = (name: string) => JSON.parse(text(name)) as Record<string, unknown>;
const withJson = (name: string, change: object) =>
  folderWith(name, encodeText(JSON.stringify({ ...json(name), ...change })));

it("the whole folder opens", async () => {
  expect(await errorOf(await folderWith())).toBe("no error");
});

describe("a folder with something missing is refused:", () => {
  const mend = "train one: fovea train dates";

  it.each([
    ["config.json", `model: expected a model folder at here but found no config.json; ${mend}`],
    ["vocab.json", "model: expected vocab.json in here but found none; is it a folder of fovea train?"],
    [ONNX, `model: expected ${ONNX} in here but found none; is it a folder of fovea train?`],
  ])("%s", async (name, message) => {
    expect(await errorOf(await folderWith(name))).toBe(message);
  });

  it("all of it", async () => {
    const message = `model: expected a model folder at nowhere but found no config.json; ${mend}`;
    expect(await errorOf(memoryFolder("nowhere"))).toBe(message);
  });

  it("all but a checkpoint", async () => {
    const folder = memoryFolder("half");
    await folder.write("checkpoint.safetensors", new Uint8Array(1));
    expect(await errorOf(folder)).toBe(
      "model: expected a finished training in half but found an interrupted one; go on with fovea train … --resume --out half",
    );
  });

  it("but not for want of what only people read", async () => {
    for (const name of ["README.md", "metrics.json", "model.safetensors"]) {
      expect(await errorOf(await folderWith(name))).toBe("no error");
    }
  });
});

const TASKS = "dates, classify, transduce, translate, dialogue, summarize";
/** What is to be done about a damaged file. */
const MEND = "restore it, or make the model again";

describe("config.json", () => {
  const foreign = (found: string) => `model: expected here to be of a task (${TASKS}) but found ${found}`;
  const OWN =
    "a model of your own is shown by fovea studio and openGraph, and runs with prepare or ONNX Runtime (docs/model-folder.md)";
  const damaged = (found: string) =>
    `model: expected here/config.json to be of a dates model but found ${found}; ${MEND}`;

  it.each([
    ["null", foreign("none; is it a folder of fovea train?")],
    ["[]", foreign("none; is it a folder of fovea train?")],
    ["7", foreign("none; is it a folder of fovea train?")],
    ["{}", foreign("none; is it a folder of fovea train?")],
    ['{"task":"poems"}', foreign("poems")],
    ['{"task":"toString"}', foreign("toString")],
    ['{"task":"custom"}', foreign(`custom; ${OWN}`)],
    ['{"task":{"toString":1,"valueOf":2}}', foreign('{"toString":1,"valueOf":2}')],
    ['{"architectures":["BertModel"],"model_type":"bert"}', foreign("none; is it a folder of fovea train?")],
    ['{"task":"dates"}', damaged("nothing as fovea, not 1")],
    [
      "",
      "model: expected here/config.json to be JSON but found damage (Unexpected end of JSON input); restore it, or make the model again",
    ],
    [
      "<html>",
      `model: expected here/config.json to be JSON but found damage (Unexpected token '<', "<html>" is not valid JSON); ${MEND}`,
    ],
  ])("that holds %j is refused", async (content, message) => {
    expect(await errorOf(await folderWith("config.json", encodeText(content)))).toBe(message);
  });

  it("that ends too early is refused, wherever that is", async () => {
    const whole = files.get("config.json") as Uint8Array;
    for (let length = 0; length < whole.length - 2; length += 7) {
      expect(await errorOf(await folderWith("config.json", whole.subarray(0, length)))).toMatch(
        /^model: expected here\/config\.json to be JSON but found damage \(.*\); restore it, or make the model again$/s,
      );
    }
  });
});

describe("vocab.json", () => {
  const damaged = (found: string) =>
    `model: expected here/vocab.json to be of a dates model but found ${found}; ${MEND}`;
  const symbols = () => json("vocab.json").input as string[];

  it.each([
    [
      "of another size",
      () => ({ input: symbols().slice(1) }),
      "model: expected here/vocab.json to hold 39 and 11 symbols but found 38 and 11",
    ],
    [
      "of fewer answers",
      () => ({ output: ["0"] }),
      "model: expected here/vocab.json to hold 39 and 11 symbols but found 39 and 1",
    ],
    [
      "without padding",
      () => ({ input: symbols().map((symbol) => (symbol === "<pad>" ? "k" : symbol)) }),
      "model: expected here/vocab.json to hold an alphabet but found: alphabetFrom: expected ASCII characters, <unk> and <pad> but found another list of symbols",
    ],
    [
      "with a symbol twice",
      () => ({ input: symbols().map((symbol) => (symbol === "b" ? "a" : symbol)) }),
      'model: expected here/vocab.json to hold an alphabet but found: alphabetFrom: expected single lower-case ASCII characters, each once, but found "a" at 16',
    ],
    [
      "of answers longer than a character",
      () => ({ output: ["12", ..."3456789-01"] }),
      damaged('"12" as output.0, not a string of 1 character'),
    ],
    ["of no lists", () => ({ input: "abc" }), damaged('"abc" as input, not a list')],
  ])("%s is refused", async (_, change, message) => {
    expect(await errorOf(await withJson("vocab.json", change()))).toBe(message);
  });

  it("of no text is refused", async () => {
    const bytes = Uint8Array.of(0x22, 0xff, 0x22);
    // Browsers say it in other words than Node.
    let words = "";
    expect(() => {
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      } catch (error) {
        words = (error as Error).message;
        throw error;
      }
    }).toThrow(TypeError);
    expect(await errorOf(await folderWith("vocab.json", bytes))).toBe(damaged(`damaged JSON (${words})`));
  });
});

describe("onnx/model.onnx", () => {
  const refused = "model: expected here/onnx/model.onnx to load but found: ";

  it("that ends too early is refused, wherever that is", async () => {
    const whole = files.get(ONNX) as Uint8Array;
    const message = `${refused}onnx: expected a`;
    for (let part = 0; part < 20; part++) {
      const found = await errorOf(await folderWith(ONNX, whole.subarray(0, Math.floor((part / 20) * whole.length))));
      expect(found.slice(0, message.length)).toBe(message);
    }
  });

  it("of another model is refused ", async () => {
    const [x, content] = [input("x", ["batch", 2]), input("text", ["batch", 30], "int32")];
    const logits = content.cast("float32").unsqueeze(2);
    const weights = constant(array(new Float32Array(300), [1, 10, 30]));
    const network = `${refused}network: expected`;
    const lengths = input("lengths", ["batch"], "int32");
    for (const [outputs, message] of [
      [{ y: x.exp() }, `${network} inputs text, lengths but found x`],
      [
        { logits, attention: weights, l: lengths.neg() },
        `${network} output logits to be float32 [batch,10,11] but found float32 [batch,30,1]`,
      ],
      [
        { attention: weights, l: lengths.neg(), t: content.neg() },
        `${network} outputs logits, attention but found attention, l, t`,
      ],
    ] as const) {
      expect(await errorOf(await folderWith(ONNX, writeModel(outputs)))).toBe(message);
    }
  });

  it.each(["/etc/hostname", "../../../../../../etc/hostname"])("that would read %s is refused", async (value) => {
    const model = decode("Model", files.get(ONNX) as Uint8Array);
    const [first] = (model.graph?.initializer ?? []) as [TensorMessage];
    delete first.rawData;
    Object.assign(first, { dataLocation: 1, externalData: [{ key: "location", value }] });
    const found = await errorOf(await folderWith(ONNX, encode("Model", model)));
    const name = String(first.name);
    expect(found).toBe(
      `${refused}onnx: expected initialiser ${name} inside the file but found external data; save the model as one file`,
    );
  });

  it("with changed bytes is refused in words, or works: nothing crashes", async () => {
    const whole = files.get(ONNX) as Uint8Array;
    const rng = new Rng(23, "damage");
    const found = new Map<string, number>();
    for (let i = 0; i < 150; i++) {
      const bytes = whole.slice();
      for (let change = rng.integer(4); change >= 0; change--) bytes[rng.integer(bytes.length)] = rng.integer(256);
      const error = await errorOf(await folderWith(ONNX, bytes));
      const kind = error.startsWith(refused) ? "refused" : error === "no error" ? "works" : error.split(":")[0];
      found.set(kind as string, (found.get(kind as string) ?? 0) + 1);
    }
    expect(["refused", "works", "run", "model"]).toEqual(expect.arrayContaining([...found.keys()]));
    expect(found.get("refused")).toBeGreaterThan(50);
    expect(found.get("works")).toBeGreaterThan(5);
  });
});

/** A folder that holds the trained ONNX model and nothing else, with its metadata changed; those of undefined are left out. */
function onnxAlone(change: Record<string, string | undefined> = {}, name = "my model.ONNX"): Folder {
  const model = decode("Model", files.get(ONNX) as Uint8Array);
  const before = Object.fromEntries((model.metadata ?? []).map(({ key, value }) => [key, value]));
  const metadata: Record<string, string | undefined> = { ...before, ...change };
  const entries = Object.entries(metadata).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]));
  return filesFolder(new Map([[name, encode("Model", { ...model, metadata: entries })]]), "here");
}

describe("an ONNX file alone", () => {
  const at = "here/my model.ONNX";

  it("opens as the model that it is, and answers as its folder does", async () => {
    const [whole, alone] = [
      await openModel(await folderWith(), nodeBackend),
      await openModel(onnxAlone(), nodeBackend),
    ];
    expect([alone.task, alone.path]).toEqual(["dates", at]);
    expect(await alone.explain("3 May 1979")).toEqual(await whole.explain("3 May 1979"));
    const change = { masked: [0], written: [{ step: 0, token: "1" }] };
    expect(await alone.explain("3 May 1979", change)).toEqual(await whole.explain("3 May 1979", change));
    await Promise.all([whole.close(), alone.close()]);
    expect(await errorOf(onnxAlone({}, "deep/x.onnx"))).toBe("no error");
  });

  it("holds what the files beside it hold", () => {
    const { metadata = [] } = decode("Model", files.get(ONNX) as Uint8Array);
    const found = Object.fromEntries(metadata.map(({ key, value }) => [key, value]));
    expect(found["fovea.task"]).toBe("dates");
    expect(JSON.parse(found["fovea.config"] as string)).toEqual(json("config.json"));
    expect(JSON.parse(found["fovea.vocabulary"] as string)).toEqual(json("vocab.json"));
  });

  it("is not alone where something is beside it", async () => {
    const folder = onnxAlone();
    await folder.write("a.txt", encodeText("x"));
    expect(await errorOf(folder)).toBe(
      "model: expected a model folder at here but found no config.json; train one: fovea train dates",
    );
  });

  const other = "; any other model is shown by openGraph";
  it.each([
    [
      { "fovea.task": undefined },
      `model: expected ${at} to say in its metadata of which task it is (${TASKS}) but found nothing${other}`,
    ],
    [
      { "fovea.task": "poems" },
      `model: expected ${at} to say in its metadata of which task it is (${TASKS}) but found poems${other}`,
    ],
    [
      { "fovea.config": undefined },
      `model: expected ${at} to have fovea.config in its metadata but found none; export it again`,
    ],
    [
      { "fovea.vocabulary": undefined },
      `model: expected ${at} to have fovea.vocabulary in its metadata but found none; export it again`,
    ],
    [
      { "fovea.config": "{}" },
      `model: expected ${at} (fovea.config) to be of a dates model but found nothing as fovea, not 1; ${MEND}`,
    ],
    [
      { "fovea.vocabulary": '{"input":["a"],"output":["b"]}' },
      `model: expected ${at} (fovea.vocabulary) to hold 39 and 11 symbols but found 1 and 1`,
    ],
  ])("with the metadata %j is refused", async (change, message) => {
    expect(await errorOf(onnxAlone(change))).toBe(message);
  });

  it.each([
    ["50 MB of zeros", new Uint8Array(50e6)],
    ["nothing", new Uint8Array()],
    ["another file", encodeText("PK and so on")],
  ])("that is %s is refused at once", async (_, bytes) => {
    const start = performance.now();
    const message = await errorOf(filesFolder(new Map([["a.onnx", bytes]]), "here"));
    expect(message).toMatch(/^model: expected here\/a\.onnx to load but found: onnx: expected a model .*but found /);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

/** A model of one's own. */
class Looking extends Module {
  forward({ x }: Record<string, Tensor>): { y: Tensor } {
    const weights = (x as Tensor).softmax();
    trace("weights", weights, "batch keyLen");
    return { y: weights.exp() };
  }
}

describe("whatever there is to look at", () => {
  const types = { x: { shape: ["batch", 3], dtype: "float32" } } as const;

  async function ownFolder(): Promise<Folder> {
    const folder = memoryFolder("own");
    const model = new Looking();
    initialize(model, 1);
    await save(model, folder, { types });
    return folder;
  }

  it("opens: a task's folder or file, and graphs", async () => {
    const own = await ownFolder();
    const bytes = (await own.read(ONNX)) as Uint8Array;
    for (const folder of [await folderWith(), onnxAlone()]) {
      const opened = await openAnything(folder, nodeBackend);
      expect(opened).toMatchObject({ kind: "task", model: { task: "dates" } });
      if (opened.kind === "task") await opened.model.close();
    }
    const graphs = [own, filesFolder(new Map([["x.onnx", bytes]])), onnxAlone({ "fovea.task": "poems" })];
    for (const [i, folder] of graphs.entries()) {
      const opened = await openAnything(folder, nodeBackend);
      const attention = i < 2 ? { weights: ["batch", "keyLen"] } : { attention: ["batch", "queryLen", "keyLen"] };
      expect(opened).toMatchObject({ kind: "graph", graph: { facts: { attention } } });
      if (opened.kind !== "graph") continue;
      expect((await opened.graph.run({ sizes: { batch: 2 } })).maps[0]?.shape[0]).toBe(2);
      await opened.graph.close();
    }
  });

  it("or is told why it does not", async () => {
    const errorOfOpening = (folder: Folder) =>
      openAnything(folder, nodeBackend).then(
        () => "no error",
        (error: unknown) => (error as Error).message,
      );
    const own = await ownFolder();
    await own.remove(ONNX);
    expect(await errorOfOpening(own)).toBe(`model: expected ${ONNX} in own but found none; write it with save`);
    await own.write(ONNX, encodeText("x"));
    expect(await errorOfOpening(own)).toMatch(/^model: expected own\/onnx\/model\.onnx to load but found: onnx: /);
    await own.write("config.json", encodeText("{"));
    expect(await errorOfOpening(own)).toMatch(/^model: expected own\/config\.json to be JSON but found damage /);
    expect(await errorOfOpening(memoryFolder("nowhere"))).toBe(
      "model: expected a model folder at nowhere but found no config.json; train one: fovea train dates",
    );
  });
});
