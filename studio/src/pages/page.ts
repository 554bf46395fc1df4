import type { FunctionComponent } from "preact";
import type { Table } from "../messages/table.ts";

/** A tab of the studio. */
export interface Page {
  /** As in the address: `#/name`. */
  readonly name: string;
  readonly label: Table<string>;
  readonly component: FunctionComponent;
  /** Shown only where the server offers it. */
  readonly needs?: "runs";
}
