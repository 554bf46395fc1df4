import type { Plugin } from "vite";

export function licenses(): { readonly page: Plugin; readonly worker: Plugin };
