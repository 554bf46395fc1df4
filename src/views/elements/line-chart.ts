import { hexColor, type Rgb, SERIES_COLORS } from "../color-table.ts";
import { checkLineChart, type LineChart } from "../curve.ts";
import { type LineChartLayout, layoutLineChartPanels } from "../line-chart-layout.ts";
import { formatNumber } from "../number-text.ts";
import { pageSurface } from "../surface.ts";
import { drawSvg } from "../svg-drawing.ts";
import { visibleText } from "../token-text.ts";
import { define, ElementBase, make, setAttribute, setText } from "./base.ts";
import { lineChartMessages } from "./line-chart-messages.ts";
import {
  type ChartReading,
  neighbour,
  placeAcross,
  placeOfReading,
  type Reading,
  readChart,
  valueAcross,
} from "./line-chart-reading.ts";

const STYLE = `
.chart{position:relative;border-radius:6px;touch-action:pan-y}
.picture svg{display:block;max-width:100%;height:auto}
.rule{position:absolute;width:1px;background:var(--ink);opacity:.55;pointer-events:none;left:0;top:0}
.dot{position:absolute;left:-5px;top:-5px;width:10px;height:10px;border-radius:50%;border:2px solid var(--paper);pointer-events:none;forced-color-adjust:none}
.tip{position:absolute;left:0;top:0;width:max-content;max-width:min(340px,92%);pointer-events:none;background:var(--paper);border:1px solid var(--axis);border-radius:6px;padding:5px 9px;box-shadow:0 2px 8px #0003;font-size:12px;font-variant-numeric:tabular-nums;z-index:1}
.tip b{display:block;font-weight:600}
.tip div{display:flex;gap:7px;align-items:baseline}
.tip i{flex:none;width:10px;height:10px;border-radius:2px;forced-color-adjust:none}
.tip span{flex:1;min-width:5em}
.tip em{font-style:normal;color:var(--faint);white-space:nowrap}
.empty{color:var(--faint);margin:8px 0}
`;

/** Milliseconds between two drawings at the least: a chart that is fed faster skips what nobody could see. */
const PAUSE = 60;

/** `<fovea-line-chart>`: the line chart of reports, live, with values to be read off it. */
export class FoveaLineChart extends ElementBase {
  #chart: LineChart | undefined;
  #layout: LineChartLayout | undefined;
  #at: number | undefined;
  #drawn: readonly unknown[] = [];
  #drawnAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #empty: HTMLElement;
  readonly #holder: HTMLElement;
  readonly #picture: HTMLElement;
  readonly #over: HTMLElement;
  readonly #live: HTMLElement;

  constructor() {
    super(STYLE);
    this.#empty = make("p", "empty", this.content);
    this.#holder = make("div", "chart", this.content);
    this.#holder.tabIndex = 0;
    this.#holder.setAttribute("role", "group");
    this.#picture = make("div", "picture", this.#holder);
    this.#over = make("div", "over", this.#holder);
    this.#over.setAttribute("aria-hidden", "true");
    this.#live = make("p", "unseen", this.content);
    this.#live.setAttribute("aria-live", "polite");
    this.#listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get chart(): LineChart | undefined {
    return this.#chart;
  }

  /** A new object a change; `scale: "log"` in it draws on a logarithmic axis. */
  set chart(chart: LineChart | undefined) {
    if (chart && hasPoints(chart)) checkLineChart(chart);
    this.#chart = chart;
    const wait = this.#drawnAt + PAUSE - performance.now();
    if (wait <= 0) this.invalidate();
    else
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.invalidate();
      }, wait);
  }

  #listen(): void {
    const holder = this.#holder;
    const point = (event: PointerEvent) => {
      const frame = this.#layout?.panels[0]?.frame;
      if (!frame || !this.#layout) return;
      const box = this.#picture.getBoundingClientRect();
      const pixel = ((event.clientX - box.left) / box.width) * this.#layout.scene.width;
      this.#read(valueAcross(frame, pixel));
    };
    holder.addEventListener("pointermove", point);
    holder.addEventListener("pointerdown", point);
    holder.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && this.#read(undefined));
    holder.addEventListener("focusout", () => this.#read(undefined));
    holder.addEventListener("keydown", (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    const frame = this.#layout?.panels[0]?.frame;
    if (!frame || !this.#chart || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = this.#at ?? frame.x.high;
    const steps: Readonly<Record<string, () => number | undefined>> = {
      ArrowLeft: () => (this.#at === undefined ? from : neighbour(this.#chart as LineChart, from, -1)),
      ArrowRight: () => (this.#at === undefined ? frame.x.low : neighbour(this.#chart as LineChart, from, 1)),
      PageUp: () => from + (frame.x.high - frame.x.low) / 10,
      PageDown: () => from - (frame.x.high - frame.x.low) / 10,
      Home: () => frame.x.low,
      End: () => frame.x.high,
      Escape: () => undefined,
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    this.#read(step(), true);
  }

  /** Shows the values at a place across; a reading by keys is said, too. */
  #read(x: number | undefined, aloud = false): void {
    const reading = x === undefined || !this.#chart ? undefined : readChart(this.#chart, x);
    if (reading?.x === this.#at && !aloud) return;
    this.#at = reading?.x;
    this.#drawReading(reading);
    if (aloud) setText(this.#live, reading ? this.#sentence(reading) : "");
    this.emit("fovea-read", reading);
    this.telling.act();
    this.telling.update(this.named(reading ? this.#sentence(reading) : ""));
  }

  protected override draw(): void {
    const chart = this.#chart;
    const words = lineChartMessages(this.language);
    const isEmpty = !chart || !hasPoints(chart);
    this.#empty.hidden = !isEmpty;
    this.#holder.hidden = isEmpty;
    setText(this.#empty, words.empty);
    if (isEmpty) {
      this.#drawn = [];
      this.telling.update("");
      return;
    }
    const drawn = [chart, this.width, this.language, this.activeTheme];
    if (drawn.every((value, i) => value === this.#drawn[i])) return;
    this.#drawn = drawn;
    this.#drawnAt = performance.now();
    const surface = pageSurface({ width: Math.max(240, this.width) });
    this.#layout = layoutLineChartPanels(chart, surface, { language: this.language });
    // The markup is this package's own; all text in it is escaped.
    this.#picture.innerHTML = drawSvg(this.#layout.scene, { theme: this.activeTheme, standalone: false });
    setAttribute(this.#holder, "aria-label", words.hint);
    this.#drawReading(this.#at === undefined ? undefined : readChart(chart, this.#at));
  }

  #drawReading(reading: ChartReading | undefined): void {
    const layout = this.#layout;
    const [first, last] = [layout?.panels[0]?.frame, layout?.panels.at(-1)?.frame];
    if (!reading || !layout || !first || !last) {
      this.#over.replaceChildren();
      return;
    }
    const { scene } = layout;
    const scale = this.#picture.clientWidth > 0 ? Math.min(1, this.#picture.clientWidth / scene.width) : 1;
    const across = placeAcross(first, reading.x) * scale;
    const rule = make("div", "rule");
    rule.style.transform = `translate(${across}px,${first.top * scale}px)`;
    rule.style.height = `${(last.bottom - first.top) * scale}px`;
    const dots = reading.readings.flatMap((one) => {
      const point = placeOfReading(layout, one);
      if (!point || !Number.isFinite(point.y)) return [];
      const dot = make("div", "dot");
      dot.style.background = seriesColor(one);
      dot.style.transform = `translate(${point.x * scale}px,${point.y * scale}px)`;
      return [dot];
    });
    const tip = this.#tip(reading);
    this.#over.replaceChildren(rule, ...dots, tip);
    const room = this.#holder.clientWidth;
    const left = across + 14 + tip.offsetWidth <= room ? across + 14 : Math.max(0, across - 14 - tip.offsetWidth);
    tip.style.transform = `translate(${left}px,${(first.top + 6) * scale}px)`;
  }

  #tip(reading: ChartReading): HTMLElement {
    const words = lineChartMessages(this.language);
    const tip = make("div", "tip");
    const across = visibleText(this.#chart?.across ?? "");
    make("b", "", tip).textContent = words.at(across, formatNumber(reading.x, 6)).trim();
    for (const one of reading.readings) {
      const line = make("div", "", tip);
      make("i", "", line).style.background = seriesColor(one);
      const name = make("span", "", line);
      name.dir = "auto";
      name.textContent = one.name;
      line.append(one.text);
      if (one.x !== reading.x) make("em", "", line).textContent = words.fromAt(formatNumber(one.x, 6));
    }
    return tip;
  }

  #sentence(reading: ChartReading): string {
    const words = lineChartMessages(this.language);
    const across = visibleText(this.#chart?.across ?? "");
    const values = reading.readings.map((one) => {
      return `${one.name} ${one.text}${one.x === reading.x ? "" : ` (${words.fromAt(formatNumber(one.x, 6))})`}`;
    });
    return words.at(across, formatNumber(reading.x, 6)).trim() + words.colon + values.join(words.comma);
  }
}

function hasPoints(chart: LineChart): boolean {
  return chart.curves.some(({ x, y }) => x.some((value, i) => Number.isFinite(value) && Number.isFinite(y[i])));
}

function seriesColor({ index }: Reading): string {
  return hexColor(SERIES_COLORS[index % SERIES_COLORS.length] as Rgb);
}

define("fovea-line-chart", FoveaLineChart);

declare global {
  interface HTMLElementTagNameMap {
    "fovea-line-chart": FoveaLineChart;
  }
}
