import { CATALOGUE_PAGE } from "./catalogue/catalogue-page.tsx";
import { LOOK } from "./look/look-page.tsx";
import { OPEN } from "./open/open-page.tsx";
import type { Page } from "./page.ts";

/** The tabs, in their order. */
export const PAGES: readonly Page[] = [LOOK, CATALOGUE_PAGE, OPEN];
