import { type AttentionMap, checkAttentionMap } from "./attention-map.ts";

/** Digits that NumPy leaves room for, so that a file can grow along its first axis without being moved. */
const ROOM_FOR_ROWS = 21;
/** Where the data begins is a multiple of this. */
const ALIGNMENT = 64;

/**
 * The weights of a map as a NumPy file, `numpy.load("map.npy")[row, column]`: format 1.0, 32-bit floats, row by row. The layout
 * is that of "NEP 1 — A simple file format for NumPy arrays", byte for byte as `numpy.save` writes it.
 *
 * @throws ShapeError or RangeError for what is no map
 */
export function attentionMapNpy(map: AttentionMap): Uint8Array {
  checkAttentionMap(map);
  const rows = map.rows.length;
  const room = " ".repeat(ROOM_FOR_ROWS - String(rows).length);
  const about = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${map.columns.length}), }${room}`;
  const start = Math.ceil((10 + about.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = `${about.padEnd(start - 11)}\n`;

  const bytes = new Uint8Array(start + 4 * map.weights.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...[..."NUMPY"].map((letter) => letter.charCodeAt(0)), 1, 0]);
  view.setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 10);
  for (let i = 0; i < map.weights.length; i++) view.setFloat32(start + 4 * i, map.weights[i] as number, true);
  return bytes;
}
