import { DATE_MAP } from "../../../src/views/date-map.fixture.ts";
import "../../../src/views/elements/attention-map.ts";

/** A page with one attention map; tests set its data and read what it drew. */
const element = document.createElement("fovea-attention-map");
const heard: { name: string; detail: unknown }[] = [];
for (const name of ["point", "pin", "status", "query-click", "key-click", "change"]) {
  document.addEventListener(`fovea-${name}`, (event) => {
    heard.push({ name, detail: (event as CustomEvent).detail });
  });
}
element.map = DATE_MAP;
const main = document.createElement("main");
const heading = document.createElement("h1");
heading.textContent = "Attention";
main.append(heading, element);
document.body.append(main);

const inside = (selector: string) => element.shadowRoot?.querySelector(selector) as HTMLElement;

/** The colour in the middle of a cell of the canvas, in whole numbers. */
function pixelAt(row: number, column: number): number[] {
  const canvas = inside(".cells canvas") as HTMLCanvasElement;
  const { rows, columns } = element.cells;
  const x = Math.floor(((column + 0.5) * canvas.width) / columns);
  const y = Math.floor(((row + 0.5) * canvas.height) / rows);
  const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(x, y, 1, 1);
  return [...data];
}

/** Places of cells whose middle has another colour than the element says. */
function wrongPixels(): string[] {
  const { rows, columns } = element.cells;
  const wrong: string[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const pixel = pixelAt(row, column);
      const expected = [...element.colorAt(row, column), 255];
      if (pixel.join() !== expected.join()) wrong.push(`${row} ${column}: ${pixel.join()} for ${expected.join()}`);
    }
  }
  return wrong;
}

Object.assign(globalThis, { element, heard, inside, pixelAt, wrongPixels, DATE_MAP });
