/** The numbers of a name, or undefined where there are none. */
type Read = (name: string) => object | undefined;

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function comparisonTable(read: Read): Table;
export function quartileTable(read: Read): Table;
export function publishedTable(read: Read): Table;
export function rewriterTable(read: Read): Table;
export function focusTable(read: Read): Table;
export function markdownTables(read: Read): string;
