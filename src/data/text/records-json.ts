import { alternatives, columnAt, type Place, RecordFault, shown } from "./records-fault.ts";
import { JsonFault, jsonMembers, MOST_DEPTH } from "./records-json-scan.ts";
import { headerName, headersOf, type Layout, type LayoutOptions, normalizeText, type Role } from "./records-roles.ts";
import type { Cell } from "./records-rows.ts";

/** One JSON object with its place in the file. */
interface JsonRecord {
  readonly text: string;
  readonly line: number;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Records that are JSON objects, one a line; members that no role names are left alone. */
export function jsonLayout({ roles, columns, file }: LayoutOptions): Layout {
  const headers = roles.map((role) => headersOf(role, columns));
  return {
    hasHeader: false,
    find({ cells }) {
      const record = parsed(cells[0] as Cell);
      if (record instanceof RecordFault) return record;
      const fields: Record<string, string> = {};
      const places: Record<string, Place> = {};
      for (const [i, role] of roles.entries()) {
        const field = fieldOf(record, role, headers[i] as readonly string[]);
        if (field instanceof RecordFault) return field;
        if (field === undefined) continue;
        fields[role.name] = field;
        places[role.name] = { file, line: record.line, column: 1 };
      }
      return { fields, places };
    },
  };
}

function parsed({ text, line }: Cell): JsonRecord | RecordFault {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      return new RecordFault("a JSON object", kindOf(value), { line, column: 1 });
    }
    return { text, line, members: value as Record<string, unknown> };
  } catch {
    const fault = jsonMembers(text);
    if (!(fault instanceof JsonFault)) return new RecordFault("JSON", "other text", { line, column: 1 });
    const found =
      fault.at < text.length ? shown(String.fromCodePoint(text.codePointAt(fault.at) as number)) : "its end";
    const expected = fault.isTooDeep ? `JSON at most ${MOST_DEPTH} deep` : "JSON";
    return new RecordFault(expected, found, { line, column: columnAt(text, fault.at) });
  }
}

/** The text of a role, or undefined where an optional one has none. */
function fieldOf(record: JsonRecord, role: Role, headers: readonly string[]): string | undefined | RecordFault {
  const { text, line, members } = record;
  const name = memberOf(members, headers);
  if (name === undefined) {
    if (role.optional) return undefined;
    const found = Object.keys(members).map(shown).join(", ") || "none";
    return new RecordFault(`a member ${alternatives(headers)}`, found, { line, column: 1 });
  }
  const value = members[name];
  const field =
    typeof value === "string" ? normalizeText(value) : typeof value === "number" ? numberText(text, name) : "";
  if (field !== "" && !/\p{Surrogate}/u.test(field)) return field;
  if (role.optional && (value === null || (typeof value === "string" && field === ""))) return undefined;
  const column = columnAt(text, spanOf(text, name)?.start ?? 0);
  return new RecordFault(`a text for ${role.name}`, kindOf(value), { line, column });
}

function memberOf(members: Readonly<Record<string, unknown>>, headers: readonly string[]): string | undefined {
  const exact = headers.find((header) => Object.hasOwn(members, header));
  if (exact !== undefined) return exact;
  const names = new Map(Object.keys(members).map((name) => [headerName(name), name]));
  return names.get(headers.find((header) => names.has(header)) ?? "");
}

/** A number as it is written: an identifier of many digits would lose the last ones. */
function numberText(text: string, name: string): string {
  const span = spanOf(text, name);
  return span ? text.slice(span.start, span.end) : "";
}

function spanOf(text: string, name: string): { readonly start: number; readonly end: number } | undefined {
  const members = jsonMembers(text);
  return members instanceof JsonFault ? undefined : members.get(name);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "number") return "a number";
  if (typeof value !== "string") return String(value);
  return /\p{Surrogate}/u.test(value) ? "half a character (a lone surrogate)" : "an empty one";
}
