import type { Role } from "../../data/text/index.ts";

/** The fields of a record. */
export const ROLES: readonly Role[] = [
  { name: "text", headers: ["text", "sentence", "review", "content", "question", "source", "input"] },
  { name: "label", headers: ["label", "class", "category", "target", "sentiment", "output", "expected"] },
];
