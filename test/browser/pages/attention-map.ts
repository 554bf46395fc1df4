import "../../../src/views/elements/attention-map.ts";
import { DATE_MAP } from "../../../src/views/date-map.fixture.ts";

/** A page with one attention map; tests set its data. */
const element = document.createElement("fovea-attention-map");
const heard: { name: string; detail: unknown }[] = [];
for (const name of ["point", "pin", "status", "query-click", "key-click", "change"]) {
  element.addEventListener(`fovea-${name}`, (event) => {
    heard.push({ name, detail: (event as CustomEvent).detail });
  });
}
element.map = DATE_MAP;
const main = document.createElement("main");
const heading = document.createElement("h1");
heading.textContent = "Attention";
main.append(heading, element);
document.body.append(main);

Object.assign(globalThis, { element, heard, DATE_MAP });
