import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { memoryFolder } from "../data/folder.ts";
import { ModelError } from "../tensor/errors.ts";
import { need, parseJson } from "./model-json.ts";

const schema = z.object({
  model_type: z.literal("toy"),
  sizes: z.strictObject({ dim: z.int().check(z.minimum(1)) }),
  labels: z.array(z.string()),
  fovea: z.literal(2),
});

const GOOD = { model_type: "toy", sizes: { dim: 3 }, labels: ["a"], fovea: 2 };

const parse = (content: unknown) => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return () => parseJson({ file: "a/config.json", bytes: new TextEncoder().encode(text) }, schema, "toy");
};

const refusal = (found: string) =>
  new ModelError(
    `model: expected a/config.json to be of a toy model but found ${found}; restore it, or make the model again`,
  );

describe("a JSON file of a model", () => {
  it("is read where it is of the right form", () => {
    expect(parse(GOOD)()).toEqual(GOOD);
  });

  it.each<[unknown, string]>([
    [{ ...GOOD, model_type: "dates" }, '"dates" as model_type, not "toy"'],
    [{ ...GOOD, sizes: { dim: 0 } }, "0 as sizes.dim, not a number from 1 on"],
    [{ ...GOOD, labels: ["a", 1] }, "1 as labels.1, not a string"],
    [{ ...GOOD, sizes: undefined }, "nothing as sizes, not an object"],
    [{ ...GOOD, fovea: undefined }, "nothing as fovea, not 2"],
    [[], "an empty list, not an object"],
    ["null", "null, not an object"],
  ])("is refused where it is %j", (content, found) => {
    expect(parse(content)).toThrow(refusal(found));
  });

  it("is refused where another version of Fovea wrote it", () => {
    expect(parse({ ...GOOD, fovea: 7 })).toThrow(
      new ModelError(
        "model: expected a/config.json to be of layout version 2 but found version 7, of another Fovea; open it with the Fovea that wrote it",
      ),
    );
  });

  it.each(["", "{", "{'a': 1}"])("is refused where it is damaged: %j", (content) => {
    // What is wrong with it, each engine says in its own words.
    let reason = "";
    try {
      JSON.parse(content);
    } catch (error) {
      reason = (error as Error).message;
    }
    expect(parse(content)).toThrow(refusal(`damaged JSON (${reason})`));
  });

  it("is refused where it is no text", () => {
    const read = () => parseJson({ file: "config.json", bytes: Uint8Array.of(0x22, 0xff, 0x22) }, schema, "toy");
    expect(read).toThrow(
      /^model: expected config\.json to be of a toy model but found damaged JSON \(.+\); restore it, /,
    );
    expect(read).toThrow(ModelError);
  });
});

describe("a file that a model must have", () => {
  it("is given with its place", async () => {
    const folder = memoryFolder("model");
    await folder.write("a.json", Uint8Array.of(1, 2));
    expect(await need(folder, "a.json")).toEqual({ file: "model/a.json", bytes: Uint8Array.of(1, 2) });
  });

  it("is missed", async () => {
    await expect(need(memoryFolder("model"), "a.json")).rejects.toThrow(
      new ModelError("model: expected a.json in model but found none; is it a folder of fovea train?"),
    );
  });
});
