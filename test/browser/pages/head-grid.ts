import "../../../src/views/elements/head-grid.ts";

/** A page with a grid of five heads, each made for one pattern. */
const tokens = ["<s>", "The", "cat", "sat", ",", "then", "it", "slept", "."];
const count = tokens.length;
const patterns: readonly (readonly [string, (row: number, column: number) => number])[] = [
  ["previous", (row, column) => (column === Math.max(0, row - 1) ? 1 : 0)],
  ["even", () => 1 / count],
  ["separators", (_, column) => (column === 4 || column === 8 ? 0.5 : 0)],
  ["first", (_, column) => (column === 0 ? 1 : 0)],
  ["diagonal", (row, column) => (column === row ? 1 : 0)],
];
const heads = Array.from({ length: 9 }, (_, index) => {
  const [label, weight] = patterns[index % patterns.length] as (typeof patterns)[number];
  return {
    label: `${Math.floor(index / 5) + 1}.${(index % 5) + 1} ${label}`,
    ...{ layer: Math.floor(index / 5), head: index % 5, rows: count, columns: count },
    weights: Float32Array.from({ length: count * count }, (_, i) => weight(Math.floor(i / count), i % count)),
  };
});

const element = document.createElement("fovea-head-grid");
const heard: { name: string; detail: unknown }[] = [];
for (const name of ["head", "alone", "point", "status"]) {
  document.addEventListener(`fovea-${name}`, (event) => {
    heard.push({ name, detail: (event as CustomEvent).detail });
  });
}
element.heads = heads;
element.tokens = { rows: tokens, columns: tokens };
const main = document.createElement("main");
const heading = document.createElement("h1");
heading.textContent = "Heads";
main.append(heading, element);
document.body.append(main);

/** All elements in the grid that a selector finds. */
const inside = (selector: string) => [...(element.shadowRoot?.querySelectorAll(selector) ?? [])] as HTMLElement[];

/** Colours of a small map at the middles of its cells, row by row. */
function pixelsOf(head: number): string[] {
  const canvas = inside(".picture canvas")[head] as HTMLCanvasElement;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  return Array.from({ length: count * count }, (_, i) => {
    const x = Math.floor((((i % count) + 0.5) * canvas.width) / count);
    const y = Math.floor(((Math.floor(i / count) + 0.5) * canvas.height) / count);
    return [...context.getImageData(x, y, 1, 1).data.slice(0, 3)].join();
  });
}

Object.assign(globalThis, { element, heard, inside, pixelsOf, heads });
