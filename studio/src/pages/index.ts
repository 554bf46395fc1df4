import { CATALOGUE_PAGE } from "./catalogue/catalogue-page.tsx";
import { LOOK } from "./look/look-page.tsx";
import { OPEN } from "./open/open-page.tsx";
import type { Page } from "./page.ts";
import { RUNS } from "./runs/runs-page.tsx";
import { TRAIN } from "./train/train-page.tsx";

/** The tabs, in their order. */
export const PAGES: readonly Page[] = [LOOK, TRAIN, CATALOGUE_PAGE, OPEN, RUNS];
