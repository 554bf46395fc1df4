import { hexColor, type Rgb, SERIES_COLORS } from "../color-table.ts";
import { type Ribbon, ribbonOpacity } from "./ribbons-layout.ts";

/** Draws ribbons on a canvas: 600 of them take 0.7 ms of script there, and 4.9 ms as SVG paths. */

export interface RibbonPicture {
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas in one CSS pixel. */
  readonly density: number;
  readonly ribbons: readonly Ribbon[];
  /** Which ribbons stand out, where something is pointed at; the others fade. */
  readonly isLit: ((ribbon: Ribbon) => boolean) | undefined;
}

/** How strongly a ribbon is seen that does not stand out, and one that does, as factors of its opacity. */
const FADED = 0.15;
const LEAST_LIT = 0.45;

/** From this head on colours repeat, dashed. */
const SOLID_HEADS = SERIES_COLORS.length;

export function headColor(head: number): Rgb {
  return SERIES_COLORS[head % SOLID_HEADS] as Rgb;
}

export function isDashed(head: number): boolean {
  return head % (2 * SOLID_HEADS) >= SOLID_HEADS;
}

export function paintRibbons(context: CanvasRenderingContext2D, picture: RibbonPicture): void {
  const { density, height, isLit } = picture;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, picture.width, height);
  const lit = isLit ? picture.ribbons.filter(isLit) : [];
  const rest = isLit ? picture.ribbons.filter((ribbon) => !isLit(ribbon)) : picture.ribbons;
  for (const ribbon of rest) {
    drawRibbon(context, ribbon, { height, opacity: ribbonOpacity(ribbon.weight) * (isLit ? FADED : 1) });
  }
  for (const ribbon of lit) {
    drawRibbon(context, ribbon, { height, opacity: Math.max(LEAST_LIT, ribbonOpacity(ribbon.weight)) });
  }
  context.globalAlpha = 1;
}

/** Its sides leave the tokens upright: control points a third of the way make `y` grow evenly, so that `ribbonAt` is exact. */
function drawRibbon(
  context: CanvasRenderingContext2D,
  ribbon: Ribbon,
  look: { readonly height: number; readonly opacity: number },
): void {
  const { top, topWidth, bottom, bottomWidth } = ribbon;
  const { height } = look;
  const [upper, lower] = [height / 3, (2 * height) / 3];
  context.globalAlpha = look.opacity;
  context.beginPath();
  if (isDashed(ribbon.head)) {
    const [start, end] = [top + topWidth / 2, bottom + bottomWidth / 2];
    context.moveTo(start, 0);
    context.bezierCurveTo(start, upper, end, lower, end, height);
    context.strokeStyle = hexColor(headColor(ribbon.head));
    context.lineWidth = Math.max(1, (topWidth + bottomWidth) / 2);
    context.setLineDash([7, 4]);
    context.stroke();
    return;
  }
  // A ribbon narrower than a pixel is a hairline all the same.
  const [right, rightEnd] = [top + Math.max(0.7, topWidth), bottom + Math.max(0.7, bottomWidth)];
  context.moveTo(top, 0);
  context.bezierCurveTo(top, upper, bottom, lower, bottom, height);
  context.lineTo(rightEnd, height);
  context.bezierCurveTo(rightEnd, lower, right, upper, right, 0);
  context.closePath();
  context.fillStyle = hexColor(headColor(ribbon.head));
  context.fill();
}
