import type { AttentionMap } from "../attention-map.ts";
import { type Language, messages } from "../messages.ts";
import { formatWeight } from "../number-text.ts";
import { cellFacts, quotedToken } from "./attention-map-data.ts";
import type { Ribbon } from "./ribbons-layout.ts";
import { ribbonMessages } from "./ribbons-messages.ts";
import type { Place } from "./selection.ts";

/** What ribbons are of: the maps, those of them that are switched off, and the ribbons drawn, lightest first. */
export interface RibbonSubject {
  readonly heads: readonly AttentionMap[];
  readonly hidden: ReadonlySet<number>;
  readonly ribbons: readonly Ribbon[];
}

export interface RibbonSentences {
  readonly row: (place: number) => string;
  readonly column: (place: number) => string;
  /** Of a place of any kind; empty where the map does not reach. */
  readonly place: (place: Place) => string;
}

/** How many partners a sentence names. */
const NAMED = 4;

/** What is said of tokens and of pairs of them. */
export function ribbonSentences(subject: RibbonSubject, language: Language): RibbonSentences {
  const { heads, ribbons } = subject;
  const map = heads[0] as AttentionMap;
  const words = ribbonMessages(language);
  const axes = messages(language).axes[map.axes ?? "tokens"];
  const [byRow, byColumn] = [groupedBy(ribbons, "row"), groupedBy(ribbons, "column")];
  const list = (joined: readonly Ribbon[] | undefined, name: (ribbon: Ribbon) => string) => {
    if (!joined) return words.nothing;
    const texts = joined.slice(-NAMED).reverse();
    const rest = joined.length > NAMED ? `${words.comma}…` : "";
    return texts.map((ribbon) => partner(ribbon, name(ribbon))).join(words.comma) + rest;
  };
  const partner = (ribbon: Ribbon, token: string) => {
    const head = heads.length > 1 ? ` (${words.head(ribbon.head + 1)})` : "";
    return `“${quotedToken(token)}” ${formatWeight(ribbon.weight)}${head}`;
  };
  const row = (place: number) => {
    const partners = list(byRow.get(place), (ribbon) => map.columns[ribbon.column] as string);
    return words.reads({ axis: axes.row, token: quotedToken(map.rows[place] as string), place: place + 1, partners });
  };
  const column = (place: number) => {
    const partners = list(byColumn.get(place), (ribbon) => map.rows[ribbon.row] as string);
    const token = quotedToken(map.columns[place] as string);
    return words.isRead({ axis: axes.column, token, place: place + 1, partners });
  };
  return {
    row,
    column,
    place: ({ query, key }) => {
      const [hasQuery, hasKey] = [isWithin(query, map.rows), isWithin(key, map.columns)];
      if (hasQuery && hasKey) return cellSentence(subject, { query: query as number, key: key as number }, language);
      return hasQuery ? row(query as number) : hasKey ? column(key as number) : "";
    },
  };
}

function isWithin(place: number | undefined, tokens: readonly string[]): boolean {
  return place !== undefined && place >= 0 && place < tokens.length;
}

function cellSentence({ heads, hidden }: RibbonSubject, place: Required<Place>, language: Language): string {
  const words = messages(language);
  const sentences = heads.map((head, index) => {
    const name = heads.length > 1 ? `${ribbonMessages(language).head(index + 1)}: ` : "";
    return name + words.cell(cellFacts(head, place), words.axes[head.axes ?? "tokens"]);
  });
  return sentences.filter((_, head) => !hidden.has(head)).join("; ");
}

function groupedBy(ribbons: readonly Ribbon[], by: "row" | "column"): Map<number, Ribbon[]> {
  const groups = new Map<number, Ribbon[]>();
  for (const ribbon of ribbons) {
    const group = groups.get(ribbon[by]);
    if (group) group.push(ribbon);
    else groups.set(ribbon[by], [ribbon]);
  }
  return groups;
}
