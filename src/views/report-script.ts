/**
 * The one script of a report: hovering a cell says what it means, the arrow keys move the cell, a click pins it and Esc lets go.
 * Without the script the tooltips of the cells remain.
 */
export const REPORT_SCRIPT: string = `
for (const figure of document.querySelectorAll("figure.map")) {
  const group = figure.querySelector(".fv-map");
  const status = figure.querySelector(".status");
  if (!group?.firstElementChild || !status) continue;
  const hint = status.textContent;
  const cells = [...group.children];
  const places = new Map(cells.map((cell, place) => [cell, place]));
  const columns = Number(group.dataset.columns);
  const cursor = group.appendChild(cells[0].cloneNode());
  cursor.setAttribute("class", "cursor");
  let current = -1;
  let pinned = false;
  const show = (place, pin) => {
    current = place;
    pinned = pin && place >= 0;
    figure.classList.toggle("pinned", pinned);
    figure.classList.toggle("pointed", place >= 0);
    status.textContent = place < 0 ? hint : cells[place].textContent;
    if (place >= 0) for (const side of ["x", "y"]) cursor.setAttribute(side, cells[place].getAttribute(side));
  };
  group.addEventListener("pointerover", (event) => {
    const place = places.get(event.target);
    if (place !== undefined && !pinned) show(place, false);
  });
  group.addEventListener("pointerleave", () => pinned || show(-1, false));
  group.addEventListener("click", (event) => {
    const place = places.get(event.target);
    if (place !== undefined) show(place, !(pinned && place === current));
  });
  figure.addEventListener("keydown", (event) => {
    if (event.target !== figure) return;
    if (event.key === "Escape") return show(-1, false);
    const row = Math.floor(Math.max(0, current) / columns);
    const column = Math.max(0, current) % columns;
    const rows = cells.length / columns;
    const [down, across] = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, columns - 1],
    }[event.key] ?? [-1, -1];
    if (down === -1 && across === -1) return;
    event.preventDefault();
    if (current < 0) show(0, true);
    else if (down >= 0 && down < rows && across >= 0 && across < columns) show(down * columns + across, true);
  });
}
`;

/** SHA-256 of the script for the content policy, as `'sha256-…'`; a test computes it anew. */
export const REPORT_SCRIPT_HASH = "sha256-xp3LhOwEKgXqH+avZhlVVYAbyZTU3Nvo45qM7LAmJaM=";
