/** Models that this browser keeps between visits, where it has room and lets us. */
import type { Files } from "../worker/api.ts";

export async function keptModels(): Promise<readonly { readonly name: string }[]> {
  return [];
}
export async function readKept(_name: string): Promise<Files> {
  return new Map();
}
export async function keep(_name: string, _files: Files): Promise<void> {}
export async function forget(_name: string): Promise<void> {}
