import type { WalkInput, WalkProblem } from "fovea/tasks";
import { useMemo, useRef } from "preact/hooks";
import { CATALOGUE } from "../../messages/catalogue.ts";
import { useMessages } from "../../messages/table.ts";
import { rowOf } from "./card-state.ts";
import { moveTo, type Plane, type Point, planeOf, toPlane } from "./plane.ts";

const WIDTH = 320;
const HEIGHT = 240;
const MARGIN = 26;
const CENTRE: Point = [WIDTH / 2, HEIGHT / 2];

interface Frame {
  readonly toPage: (point: Point) => Point;
  readonly toPoint: (x: number, y: number) => Point;
  /** What an arrow key moves a query by. */
  readonly step: number;
}

/** A frame that holds some points with room to drag around them, and for marks of a width; one scale across and up. */
function frameOf(points: readonly Point[], widest: number): Frame {
  const span = (axis: 0 | 1) => {
    const all = points.map((point) => point[axis]);
    return { low: Math.min(...all), high: Math.max(...all) };
  };
  const [x, y] = [span(0), span(1)];
  const scale = Math.min(
    (WIDTH - 2 * Math.max(MARGIN, widest / 2 + 4)) / Math.max(1e-6, x.high - x.low),
    (HEIGHT - 2 * MARGIN) / Math.max(1e-6, y.high - y.low),
  );
  const [midX, midY] = [(x.low + x.high) / 2, (y.low + y.high) / 2];
  return {
    toPage: ([px, py]) => [WIDTH / 2 + scale * (px - midX), HEIGHT / 2 - scale * (py - midY)],
    toPoint: (px, py) => [midX + (px - WIDTH / 2) / scale, midY - (py - HEIGHT / 2) / scale],
    step: 8 / scale,
  };
}

export interface PlaneViewProps {
  readonly given: WalkProblem;
  readonly input: WalkInput;
  /** The weights of the query that is looked at. */
  readonly weights: readonly number[];
  readonly query: number;
  readonly onQuery: (query: number) => void;
  readonly onMove: (query: number, vector: readonly number[]) => void;
}

/** Keys and queries on a plane; queries can be dragged. */
export function PlaneView({ given, input, weights, query, onQuery, onMove }: PlaneViewProps) {
  const words = useMessages(CATALOGUE);
  const svg = useRef<SVGSVGElement>(null);
  const { plane, frame, keys } = useMemo(() => layout(given), [given]);
  const queries = Array.from({ length: input.query.rows }, (_, row) => rowOf(input.query, row));
  const places = queries.map((vector) => frame.toPage(toPlane(plane, vector)));
  const grab = (pointer: number) => svg.current?.setPointerCapture(pointer);
  const drag = (event: PointerEvent) => {
    if (!(event.buttons & 1) || !svg.current) return;
    const [x, y] = pointIn(svg.current, event);
    const at = frame.toPoint(within(x, WIDTH), within(y, HEIGHT));
    onMove(query, moveTo(plane, queries[query] as readonly number[], at));
  };
  const [chosen, name] = [places[query] ?? CENTRE, given.problem.rows[query] ?? ""];
  const isOnChosen = (event: MouseEvent) => svg.current && isOnMark(pointIn(svg.current, event), chosen, name);
  // A press on the chosen query is for it, whatever lies on it, and the focus, too.
  const press = (event: PointerEvent) => {
    if (!isOnChosen(event)) return;
    event.stopPropagation();
    svg.current?.querySelectorAll<SVGGElement>(".query")[query]?.focus();
    grab(event.pointerId);
  };
  const nudge = (event: KeyboardEvent, row: number) => {
    const [dx, dy] = ARROWS[event.key] ?? [];
    if (dx === undefined || dy === undefined) return;
    event.preventDefault();
    const vector = queries[row] as readonly number[];
    const [x, y] = toPlane(plane, vector);
    onMove(row, moveTo(plane, vector, [x + dx * frame.step, y + dy * frame.step]));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a picture with parts that are dragged
    <svg
      ref={svg}
      class="plane"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="group"
      aria-label={words.plane(keys.length, queries.length)}
      onPointerDownCapture={press}
      onMouseDownCapture={(event) => isOnChosen(event) && event.preventDefault()}
      onPointerMove={drag}
    >
      <Keys places={keys} names={given.problem.columns} weights={weights} from={chosen} />
      {places.map((at, row) => (
        <Handle
          key={`query-${row}`}
          name={given.problem.rows[row] ?? ""}
          place={row + 1}
          at={at}
          isChosen={row === query}
          onChoose={() => onQuery(row)}
          onKey={(event) => nudge(event, row)}
          onGrab={grab}
        />
      ))}
      <Chosen name={name} at={chosen} />
    </svg>
  );
}

interface KeysProps {
  readonly places: readonly Point[];
  readonly names: readonly string[];
  readonly weights: readonly number[];
  /** Where the query stands. */
  readonly from: Point;
}

/** Keys that grow with their weight, each with a line to the query, as strong. */
function Keys({ places, names, weights, from }: KeysProps) {
  const share = (i: number) => Math.max(0, Math.min(1, weights[i] ?? 0));
  return (
    <>
      {places.map(([x, y], i) => (
        <line key={`edge-${i}`} class="edge" x1={from[0]} y1={from[1]} x2={x} y2={y} stroke-opacity={share(i)} />
      ))}
      {places.map(([x, y], i) => (
        <g key={`key-${i}`} class="key" transform={`translate(${x} ${y})`}>
          <circle r={7 + 11 * Math.sqrt(share(i))} />
          <text>{names[i]}</text>
        </g>
      ))}
    </>
  );
}

/** Width of a query's mark: that of its name at 10 pixels in a font of equal widths. */
const MARK_HEIGHT = 22;
const markWidth = (name: string) => Math.max(22, 6.1 * name.length + 8);

const within = (value: number, most: number) => Math.min(most - 12, Math.max(12, value));

/** A place in the picture's own units. */
function pointIn(svg: SVGSVGElement, event: MouseEvent): Point {
  const { left, top, width, height } = svg.getBoundingClientRect();
  return [((event.clientX - left) / width) * WIDTH, ((event.clientY - top) / height) * HEIGHT];
}

function isOnMark([x, y]: Point, [left, top]: Point, name: string): boolean {
  return Math.abs(x - left) <= markWidth(name) / 2 && Math.abs(y - top) <= MARK_HEIGHT / 2;
}

/** A query's mark. */
function Mark({ name }: { readonly name: string }) {
  const width = markWidth(name);
  return (
    <>
      <rect x={-width / 2} y={-MARK_HEIGHT / 2} width={width} height={MARK_HEIGHT} rx={5} />
      <text>{name}</text>
    </>
  );
}

/**
 * The chosen query once more, above all that may lie on it, to be seen: were it the handle itself that came to the front, it would
 * lose the focus. The pointer goes through it.
 */
function Chosen({ name, at }: Pick<HandleProps, "name" | "at">) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a copy that cannot have the focus
    <g class="chosen" aria-hidden="true" transform={`translate(${at[0]} ${at[1]})`}>
      <Mark name={name} />
    </g>
  );
}

interface HandleProps {
  readonly name: string;
  /** Its number: several queries may be called the same. */
  readonly place: number;
  readonly at: Point;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
  readonly onGrab: (pointer: number) => void;
}

/** A query as something to take hold of. */
function Handle({ name, place, at, isChosen, onChoose, onKey, onGrab }: HandleProps) {
  const words = useMessages(CATALOGUE);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a part of a picture that is dragged in two directions is no input element
    <g
      class="query"
      role="button"
      tabIndex={0}
      aria-label={words.query(name, place)}
      aria-pressed={isChosen}
      transform={`translate(${at[0]} ${at[1]})`}
      onFocus={onChoose}
      onKeyDown={onKey}
      onPointerDown={(event) => {
        onChoose();
        onGrab(event.pointerId);
      }}
    >
      <Mark name={name} />
    </g>
  );
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The plane of a problem as it was given: it stays while a query is moved. */
function layout({ input, problem }: WalkProblem): { plane: Plane; frame: Frame; keys: readonly Point[] } {
  const vectors = (name: "key" | "query") =>
    Array.from({ length: input[name].rows }, (_, row) => rowOf(input[name], row));
  const all = [...vectors("key"), ...vectors("query")];
  const plane = planeOf(all);
  const widest = Math.max(0, ...problem.rows.map(markWidth));
  const frame = frameOf(
    all.map((vector) => toPlane(plane, vector)),
    widest,
  );
  return { plane, frame, keys: vectors("key").map((vector) => frame.toPage(toPlane(plane, vector))) };
}
