import type { z } from "zod";

/** Settings by path: `{ model: { encoderDim: 32 } }` → `{ "model.encoderDim": 32 }`. */
export function flattenSettings(settings: object, prefix = ""): Record<string, number | string | boolean> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]: [string, number | string | boolean | object]) =>
      typeof value === "object"
        ? Object.entries(flattenSettings(value, `${prefix}${name}.`))
        : [[prefix + name, value]],
    ),
  );
}

/**
 * A recipe's settings with some changed, by path; text is read as the type of the default.
 *
 * @throws RangeError for a path that is not a setting, and for a value outside its limits
 */
export function changeSettings<S extends object>(
  owner: string,
  schema: z.ZodType<S>,
  defaults: S,
  changes: Readonly<Record<string, string | number>>,
): S {
  const changed = structuredClone(defaults) as Record<string, unknown>;
  const known = flattenSettings(defaults);
  for (const [path, value] of Object.entries(changes)) {
    const before = Object.hasOwn(known, path) ? known[path] : undefined;
    if (before === undefined) {
      throw new RangeError(`${owner}: expected a setting (${Object.keys(known).join(", ")}) but found ${path}`);
    }
    const names = path.split(".");
    const last = names.pop() as string;
    const parent = names.reduce((node, name) => node[name] as Record<string, unknown>, changed);
    parent[last] = readAs(before, value);
  }
  const checked = schema.safeParse(changed);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  throw new RangeError(`${owner}: expected ${path} to be right but found ${String(changes[path])} (${issue?.message})`);
}

function readAs(like: number | string | boolean, value: string | number): unknown {
  if (typeof value === "number") return value;
  if (typeof like === "number") return value.trim() === "" ? Number.NaN : Number(value);
  if (typeof like === "boolean") return value === "true" ? true : value === "false" ? false : value;
  return value;
}
