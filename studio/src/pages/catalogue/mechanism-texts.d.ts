declare module "virtual:mechanism-texts" {
  /** What the doc comment of each mechanism has, by name: its formula, and its example, a program of its own. */
  export function loadTexts(): Promise<
    Readonly<Record<string, { readonly formula: string; readonly example: string }>>
  >;
}
