/** What lies beside the page: the server, or the static export, says so in `studio.json`. */
import { DataError } from "fovea/tensor";
import type { Files } from "../worker/api.ts";
import { createStore, type Store } from "./store.ts";

export interface Site {
  readonly model: { readonly name: string; readonly files: readonly string[] } | undefined;
  /** Whether there is a folder of runs to look into. */
  readonly runs: boolean;
  /** Whether a program answers questions at `api/explain`. */
  readonly answers: boolean;
  /** Whether all that lies beside the page, or is kept by the browser, is listed. */
  readonly isKnown: boolean;
}

const NOTHING: Site = { model: undefined, runs: false, answers: false, isKnown: false };

export const site: Store<Site> = createStore<Site>(NOTHING);

/** Asks for `studio.json`; where there is none, nothing lies beside the page. */
export async function readSite(): Promise<Site> {
  let found: unknown;
  try {
    const response = await fetch("studio.json", { cache: "no-cache" });
    found = response.ok ? await response.json() : undefined;
  } catch {
    found = undefined;
  }
  return siteOf(found);
}

/** What `studio.json` says, as far as it can be understood. */
export function siteOf(value: unknown): Site {
  if (typeof value !== "object" || value === null) return NOTHING;
  const { model, runs, predict } = value as Record<string, unknown>;
  return { ...NOTHING, model: modelOf(model), runs: runs === true, answers: predict === true };
}

function modelOf(value: unknown): Site["model"] {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, files } = value as Record<string, unknown>;
  if (typeof name !== "string" || !Array.isArray(files)) return undefined;
  return { name, files: files.filter((file) => typeof file === "string") };
}

/** Files of a model folder that are not needed to run it. */
const UNNEEDED = /(^|\/)(model\.safetensors|metrics\.json|[^/]*\.(md|txt|html))$/;

/** Fetches files below an address of the page's own server. @throws DataError for one that is not there */
export async function fetchFiles(folder: string, names: readonly string[]): Promise<Files> {
  const needed = names.filter((name) => !UNNEEDED.test(name));
  const fetched = needed.map(async (name): Promise<[string, Uint8Array]> => {
    const path = name.split("/").map(encodeURIComponent).join("/");
    return [name, await fetchFile(new URL(path, new URL(folder, document.baseURI)))];
  });
  return new Map(await Promise.all(fetched));
}

async function fetchFile(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new DataError(`open: expected a file at ${url.pathname} but found status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The files of a model folder beside its `config.json`, to be asked for where only its address is known. */
function filesBeside(config: Uint8Array): readonly string[] {
  let found: { readonly task?: unknown; readonly is_encoder_decoder?: unknown } | null = null;
  try {
    found = JSON.parse(new TextDecoder().decode(config));
  } catch {
    // Whoever opens it says what is wrong.
  }
  if (found?.is_encoder_decoder === true) {
    const graphs = ["onnx/encoder_model.onnx", "onnx/decoder_with_past_model.onnx"];
    return ["tokenizer.json", "target/tokenizer.json", ...graphs];
  }
  return [found?.task === "classify" ? "tokenizer.json" : "vocab.json", "onnx/model.onnx"];
}

/**
 * Fetches the model at an address: a folder, a `.zip` or an `.onnx`, on the page's own server.
 *
 * @throws DataError for an address of another server, or where there is nothing
 */
export async function fetchModel(address: string): Promise<{ name: string; files: Files }> {
  const url = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : undefined;
  if (url?.origin !== location.origin) {
    throw new DataError(
      `open: expected an address of this page's own server but found ${address.slice(0, 200)}; download the model and drop it here, as this page asks no other server`,
    );
  }
  const file = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  const name = plainly(file.replace(/\.(zip|onnx)$/i, "")) || "model";
  if (/\.(zip|onnx)$/i.test(file)) return { name, files: new Map([[file, await fetchFile(url)]]) };
  const folder = new URL(url.pathname.replace(/\/?$/, "/"), url);
  const config = await fetchFile(new URL("config.json", folder));
  const rest = await Promise.all(
    filesBeside(config).map(async (inner): Promise<[string, Uint8Array] | undefined> => {
      const bytes = await fetchFile(new URL(inner, folder)).catch(() => undefined);
      return bytes && [inner, bytes];
    }),
  );
  const files = new Map([["config.json", config], ...rest.filter((one) => one !== undefined)]);
  return { name: plainly(folder.pathname.split("/").at(-2) ?? "") || "model", files };
}

/** A part of an address as a reader would write it; as it stands where it stands for no text. */
function plainly(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
