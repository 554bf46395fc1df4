import { DATE_MAP } from "../../../src/views/date-map.fixture.ts";
import "../../../src/views/elements/compare.ts";
import "../../../src/views/elements/line-chart.ts";
import "../../../src/views/elements/probe-strip.ts";
import "../../../src/views/elements/ribbons.ts";
import "../../../src/views/elements/step-scrubber.ts";

/** A page that shows one element at a time, as a test asks, and keeps the events that it fires. */
const main = document.createElement("main");
const heading = document.createElement("h1");
heading.textContent = "Views";
document.body.append(main);
document.documentElement.style.colorScheme = "light dark";
document.body.style.background = "Canvas";

const heard: { name: string; detail: unknown }[] = [];
const EVENTS = ["point", "pin", "status", "step", "write", "force", "play", "read", "probe"];
for (const name of EVENTS) {
  main.addEventListener(`fovea-${name}`, (event) => heard.push({ name, detail: (event as CustomEvent).detail }));
}

/** What the parts of an element's shadow root are, the first that fits. */
function part(selector: string): HTMLElement {
  const found = (main.lastElementChild as Element).shadowRoot?.querySelector(selector);
  if (!found) throw new RangeError(`part: expected ${selector} in the element but found none`);
  return found as HTMLElement;
}

function parts(selector: string): HTMLElement[] {
  return [...((main.lastElementChild as Element).shadowRoot?.querySelectorAll(selector) ?? [])] as HTMLElement[];
}

/** Shows a new element with properties. */
async function show(name: string, properties: object): Promise<void> {
  heard.length = 0;
  const element = document.createElement(name);
  Object.assign(element, properties);
  main.replaceChildren(heading, element);
  Object.assign(globalThis, { element });
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** The pixel of a canvas at a share of its width and height. */
function pixel(canvas: HTMLCanvasElement, across: number, down: number): number[] {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const place = [Math.floor(across * canvas.width), Math.floor(down * canvas.height)] as const;
  return [...context.getImageData(...place, 1, 1).data];
}

Object.assign(globalThis, { show, heard, part, parts, pixel, DATE_MAP });
