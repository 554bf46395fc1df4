/** The recipes by name: `recipes.translate.train(…)`. */
export { classify } from "./classify/index.ts";
export { dates } from "./dates/index.ts";
export { dialogue } from "./dialogue/index.ts";
export { summarize } from "./summarize/index.ts";
export { transduce } from "./transduce/index.ts";
export { translate } from "./translate/index.ts";
