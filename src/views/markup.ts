import { plainText } from "./token-text.ts";

/** SVG and HTML as strings. Text and attributes always pass through `escapeMarkup`. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is safe between tags and inside quoted attributes, in HTML and in XML. */
export function escapeMarkup(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Attributes with a leading space; those undefined are left out, numbers are kept to two decimals. */
function attributeText(attributes: Attributes): string {
  let text = "";
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    text += ` ${name}="${typeof value === "number" ? coordinate(value) : escapeMarkup(value)}"`;
  }
  return text;
}

/** A number for markup: at most two decimals. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** An element around `content`, which is markup already; without content a self-closing one. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const open = `<${name}${attributeText(attributes)}`;
  return content === undefined ? `${open}/>` : `${open}>${content}</${name}>`;
}
