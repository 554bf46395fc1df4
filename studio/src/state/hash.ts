/**
 * The part of the address behind `#`: `#/look?model=dates&text=3+May+1979`. It may come from anyone, so reading it never
 * throws: what cannot be read is dropped and named.
 */

/** An address as it is written: the page, and its values by name. */
export interface Address {
  readonly page: string;
  readonly values: ReadonlyMap<string, string>;
}

export interface Read<T> {
  readonly value: T;
  /** Names of the parts that were dropped. */
  readonly dropped: readonly string[];
}

/** Characters of an address; a longer one is dropped whole. */
export const LONGEST_ADDRESS = 16_384;

const MOST_VALUES = 64;

/** Reads an address. @param fallback the page where none is named */
export function parseAddress(hash: string, fallback: string): Read<Address> {
  const nothing = { page: fallback, values: new Map<string, string>() };
  if (hash.length > LONGEST_ADDRESS) return { value: nothing, dropped: ["#"] };
  const match = /^#?\/?([^?]*)(?:\?(.*))?$/s.exec(hash);
  const name = match?.[1] ?? "";
  const isName = /^[a-z-]{1,32}$/.test(name);
  const dropped: string[] = isName || name === "" ? [] : [name.slice(0, 32)];
  const values = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(match?.[2] ?? "")) {
    const isUsable = /^[a-zA-Z-]{1,32}$/.test(key) && !values.has(key) && values.size < MOST_VALUES;
    if (isUsable) values.set(key, value);
    else dropped.push(key.slice(0, 32));
  }
  return { value: { page: isName ? name : fallback, values }, dropped };
}

/** Writes an address that {@link parseAddress} reads. */
export function formatAddress({ page, values }: Address): string {
  const query = new URLSearchParams([...values]).toString();
  return query ? `#/${page}?${query}` : `#/${page}`;
}

/** How a value of a page stands in the address. */
export interface Field<T> {
  /** The value, or undefined for a text that is none. Never throws. */
  read(text: string): T | undefined;
  /** The text, or undefined for a value that is understood without one. */
  write(value: T): string | undefined;
  readonly absent: T;
}

/** The fields of a page's state, by name. */
export type Fields<T> = { readonly [Name in keyof T]: Field<T[Name]> };

/** Reads a page's state; what is unknown or cannot be read is dropped. */
export function readFields<T extends object>(fields: Fields<T>, values: ReadonlyMap<string, string>): Read<T> {
  const state: Partial<T> = {};
  for (const name of Object.keys(fields) as (keyof T)[]) state[name] = fields[name].absent;
  const dropped: string[] = [];
  for (const [name, text] of values) {
    const field = Object.hasOwn(fields, name) ? fields[name as keyof T] : undefined;
    const value = field?.read(text);
    if (value === undefined) dropped.push(name);
    else state[name as keyof T] = value;
  }
  return { value: state as T, dropped };
}

/** Writes a page's state, without what needs no saying. */
export function writeFields<T extends object>(fields: Fields<T>, state: T): Map<string, string> {
  const values = new Map<string, string>();
  for (const name of Object.keys(fields) as (keyof T & string)[]) {
    const text = fields[name].write(state[name]);
    if (text !== undefined) values.set(name, text);
  }
  return values;
}

/** A text of at most so many characters. */
export function textField(absent = "", longest = 4096): Field<string> {
  return {
    absent,
    read: (text) => (text.length <= longest ? text : undefined),
    write: (value) => (value === absent ? undefined : value.slice(0, longest)),
  };
}

/** A whole number from 0 to `largest`, or nothing. */
export function placeField(largest = 65_535): Field<number | undefined> {
  return {
    absent: undefined,
    read: (text) => readPlace(text, largest),
    write: (value) => (value === undefined ? undefined : String(value)),
  };
}

/** One of some words. */
export function choiceField<Choice extends string>(choices: readonly Choice[], absent: Choice): Field<Choice> {
  return {
    absent,
    read: (text) => choices.find((choice) => choice === text),
    write: (value) => (value === absent ? undefined : value),
  };
}

/** Whether something is on. */
export function flagField(): Field<boolean> {
  return {
    absent: false,
    read: (text) => (text === "1" ? true : text === "0" ? false : undefined),
    write: (value) => (value ? "1" : undefined),
  };
}

/** A whole number that is written plainly, from 0 to `largest`. */
export function readPlace(text: string, largest = 65_535): number | undefined {
  if (!/^(0|[1-9]\d{0,8})$/.test(text)) return undefined;
  const value = Number(text);
  return value <= largest ? value : undefined;
}
