type Settings = Readonly<Record<string, string | number | boolean>>;

interface Sized {
  readonly vocabulary: Readonly<Record<string, number>>;
}

export const TOLERANCE: number;
export function parametersOf(settings: Settings, data: Sized): number;
export function equalSettings(
  reference: {
    readonly name: string;
    readonly settings: Settings;
    readonly data: Sized;
    readonly parameters: number;
  },
  change: Settings,
): Settings;
