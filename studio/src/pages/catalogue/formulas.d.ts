declare module "virtual:formulas" {
  /** The formula of each mechanism, by name, as its doc comment has it. */
  export const FORMULAS: Readonly<Record<string, string>>;
  /** Its example, a program of its own. */
  export const EXAMPLES: Readonly<Record<string, string>>;
}
