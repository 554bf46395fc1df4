/** What the Look page shows, as it stands in the address. */
import { choiceField, type Field, type Fields, flagField, placeField, readPlace, textField } from "../../state/hash.ts";

export type Scale = "absolute" | "row" | "gamma";
export type ViewKind = "matrix" | "table";

/** Attention that a step is made to have: shares of places, to be divided by their sum. */
export interface Forced {
  readonly step: number;
  readonly shares: readonly { readonly place: number; readonly share: number }[];
}

export interface Written {
  readonly step: number;
  readonly token: string;
}

export interface LookState {
  readonly model: string;
  /** Undefined: an example of the page's own. */
  readonly text: string | undefined;
  /** The pinned cell. */
  readonly q: number | undefined;
  readonly k: number | undefined;
  readonly view: ViewKind;
  readonly scale: Scale;
  /** “Attended by” in place of “attends to”. */
  readonly turned: boolean;
  readonly masked: readonly number[];
  readonly forced: readonly Forced[];
  readonly written: readonly Written[];
  /** For graphs: the output and head looked at, sizes of open axes, values of inputs as JSON, and the seed of the others. */
  readonly head: number | undefined;
  readonly sizes: Readonly<Record<string, number>>;
  readonly inputs: string;
  readonly seed: number | undefined;
}

const MOST_CHANGES = 64;

/** Characters of a text that are kept in the address. */
const LONGEST_TEXT = 4096;

/** Some parts with `~` between them, each read by itself; one that cannot be read spoils all. */
function listField<T>(read: (text: string) => T | undefined, write: (value: T) => string): Field<readonly T[]> {
  return {
    absent: [],
    read: (text) => {
      const parts = text.split("~");
      if (parts.length > MOST_CHANGES) return undefined;
      const values = parts.map(read).filter((value) => value !== undefined);
      return values.length === parts.length ? values : undefined;
    },
    write: (values) => (values.length === 0 ? undefined : values.map(write).join("~")),
  };
}

function readShare(text: string): { place: number; share: number } | undefined {
  const match = /^(\d{1,5})(?:\*(\d(?:\.\d{1,6})?))?$/.exec(text);
  const place = readPlace(match?.[1] ?? "");
  const share = Number(match?.[2] ?? 1);
  return place === undefined || !(share > 0 && share <= 1) ? undefined : { place, share };
}

function readForced(text: string): Forced | undefined {
  const [first = "", rest, more] = text.split(":");
  const step = readPlace(first);
  const shares = rest?.split(",").map(readShare);
  if (step === undefined || !shares || more !== undefined) return undefined;
  const known = shares.filter((share) => share !== undefined);
  return known.length === shares.length ? { step, shares: known } : undefined;
}

function writeForced({ step, shares }: Forced): string {
  const rounded = (share: number) => Math.max(1e-6, Math.round(share * 1e6) / 1e6).toFixed(6);
  const part = (share: number) => (share === 1 ? "" : `*${rounded(share).replace(/0+$/, "").replace(/\.$/, "")}`);
  return `${step}:${shares.map(({ place, share }) => place + part(share)).join(",")}`;
}

/** Signs that part the values of an address, and what stands for them in a token. */
const ESCAPES: Readonly<Record<string, string>> = { "~": "!t", ":": "!c", "!": "!!" };

function readWritten(text: string): Written | undefined {
  const colon = text.indexOf(":");
  const step = readPlace(text.slice(0, Math.max(0, colon)));
  const token = text
    .slice(colon + 1)
    .replace(/!([tc!])/g, (_, sign) => (sign === "t" ? "~" : sign === "c" ? ":" : "!"));
  return step === undefined || token.length > 64 ? undefined : { step, token };
}

function writeWritten({ step, token }: Written): string {
  return `${step}:${token.replace(/[~:!]/g, (sign) => ESCAPES[sign] as string)}`;
}

const sizesField: Field<Readonly<Record<string, number>>> = {
  absent: {},
  read: (text) => {
    const sizes: [string, number][] = [];
    for (const part of text.split("~")) {
      const match = /^([\w.-]{1,64}):(\d{1,5})$/.exec(part);
      const size = readPlace(match?.[2] ?? "");
      if (!match?.[1] || !size || sizes.length >= MOST_CHANGES) return undefined;
      sizes.push([match[1], size]);
    }
    return Object.fromEntries(sizes);
  },
  write: (sizes) => {
    const parts = Object.entries(sizes);
    return parts.length === 0 ? undefined : parts.map(([name, size]) => `${name}:${size}`).join("~");
  },
};

const askedField: Field<string | undefined> = {
  absent: undefined,
  read: (text) => (text.length <= LONGEST_TEXT ? text : undefined),
  write: (text) => text?.slice(0, LONGEST_TEXT),
};

const maskedField: Field<readonly number[]> = listField((text) => readPlace(text), String);

export const LOOK_FIELDS: Fields<LookState> = {
  model: textField("", 200),
  text: askedField,
  q: placeField(),
  k: placeField(),
  view: choiceField(["matrix", "table"], "matrix"),
  scale: choiceField(["absolute", "row", "gamma"], "absolute"),
  turned: flagField(),
  masked: maskedField,
  forced: listField(readForced, writeForced),
  written: listField(readWritten, writeWritten),
  head: placeField(),
  sizes: sizesField,
  inputs: textField("", 8192),
  seed: placeField(),
};

/** The what-if part of the state. */
export type WhatIf = Pick<LookState, "masked" | "forced" | "written">;

export const NO_CHANGES: WhatIf = { masked: [], forced: [], written: [] };
