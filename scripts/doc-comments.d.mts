/** What of a mechanism's row its doc comment is found by. */
interface Row {
  readonly name: string;
  readonly module: string;
}

/** @param sources the folder `src` */
export function formulaOf(sources: string, mechanism: Row): string;
export function exampleOf(sources: string, mechanism: Row): string;
