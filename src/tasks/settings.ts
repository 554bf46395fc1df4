import * as z from "zod/mini";

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
  schema: z.ZodMiniType<S>,
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
  const path = issue?.path.map(String) ?? [];
  const name = path.join(".");
  const found = String(changes[name]) || "nothing";
  throw new RangeError(`${owner}: expected ${name} to be ${wanted(schema, path)} but found ${found}`);
}

/** What a setting may be, as JSON Schema says it; a bound that is not there is open. */
export interface SettingLimits {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

interface Limits extends SettingLimits {
  readonly properties?: Readonly<Record<string, Limits>>;
}

/** The limits of settings by path, for forms. */
export function settingLimits(schema: z.ZodMiniType): Record<string, SettingLimits> {
  return limitsBelow(z.toJSONSchema(schema) as Limits, "");
}

function limitsBelow({ properties = {} }: Limits, prefix: string): Record<string, SettingLimits> {
  const entries = Object.entries(properties).flatMap(([name, value]): [string, SettingLimits][] => {
    if (value.properties) return Object.entries(limitsBelow(value, `${prefix}${name}.`));
    const { type, enum: words, minimum, exclusiveMinimum, exclusiveMaximum, maximum: most } = value;
    const maximum = most === Number.MAX_SAFE_INTEGER ? undefined : most;
    const all = { type, enum: words, minimum, exclusiveMinimum, maximum, exclusiveMaximum };
    const given = Object.entries(all).filter(([, limit]) => limit !== undefined);
    return [[prefix + name, Object.fromEntries(given) as SettingLimits]];
  });
  return Object.fromEntries(entries);
}

/** What a setting may be, in words: `a whole number from 1 to 64`. */
function wanted(schema: z.ZodMiniType, path: readonly string[]): string {
  const limits = path.reduce(
    (at: Limits | undefined, name) => at?.properties?.[name],
    z.toJSONSchema(schema) as Limits,
  );
  if (limits?.enum) return limits.enum.join(" or ");
  if (limits?.type === "boolean") return "true or false";
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = limits ?? {};
  const isOpen = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER;
  const noun = limits?.type === "integer" ? "a whole number" : "a number";
  if (minimum !== undefined && !isOpen) return `${noun} from ${minimum} to ${maximum}`;
  const parts = [
    ...(minimum === undefined ? [] : [`from ${minimum} on`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(isOpen ? [] : [`up to ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ];
  return [noun, parts.join(" and ")].join(" ").trim();
}

function readAs(like: number | string | boolean, value: string | number): unknown {
  if (typeof value === "number") return value;
  if (typeof like === "number") return value.trim() === "" ? Number.NaN : Number(value);
  if (typeof like === "boolean") return value === "true" ? true : value === "false" ? false : value;
  return value;
}
