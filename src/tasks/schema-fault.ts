import type * as z from "zod/mini";

/** What a schema has against a value: *expected `path` to be `wanted` but found `found`*. */
export interface SchemaFault {
  /** Where in the value, as `change.masked.0`; empty for the whole of it. */
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

/** The first fault that a schema has found in a value, in words. (The small form of zod brings none, and zod's own are not ours.) */
export function faultOf({ issues }: z.core.$ZodError, value: unknown): SchemaFault {
  const [issue] = issues as [z.core.$ZodIssue];
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return { path, wanted: "without other fields", found: issue.keys.map((key) => shown(key)).join(", ") };
  }
  const found = issue.path.reduce<unknown>(
    (at, name) => (at === null || at === undefined ? undefined : (at as Record<PropertyKey, unknown>)[name]),
    value,
  );
  return { path, wanted: wantedBy(issue), found: described(found) };
}

const TYPES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "a string",
};

function wantedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? `of type ${issue.expected}`;
    case "invalid_value":
      return issue.values.map((value) => (typeof value === "string" ? shown(value) : String(value))).join(" or ");
    case "too_small":
      return bounded(issue.origin, issue.inclusive ? "at least" : "above", {
        limit: issue.minimum,
        exact: issue.exact,
      });
    case "too_big":
      return bounded(issue.origin, issue.inclusive ? "at most" : "below", { limit: issue.maximum, exact: issue.exact });
    default:
      return "right";
  }
}

/** What has a length, and in which parts it is counted. */
const COUNTED: Readonly<Record<string, readonly [whole: string, part: string]>> = {
  array: ["a list", "element"],
  string: ["a string", "character"],
};

function bounded(
  origin: string,
  side: string,
  { limit, exact = false }: { limit: number | bigint; exact: boolean | undefined },
): string {
  const [whole, part] = COUNTED[origin] ?? [];
  if (part === undefined)
    return `a number ${side === "at least" ? `from ${limit} on` : `${side.replace("at most", "up to")} ${limit}`}`;
  return `${whole} of ${exact ? "" : `${side} `}${limit} ${part}${Number(limit) === 1 ? "" : "s"}`;
}

function described(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return shown(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

const LONGEST = 40;

function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
