import { Inflate } from "fflate";
import { DataError } from "../tensor/errors.ts";
import { crc32 } from "./crc-32.ts";
import { isNameInside } from "./file-name.ts";

/** One file of an archive, as the archive's directory has it (APPNOTE.TXT 6.3.10, section 4.3.12). */
export interface ZipEntry {
  readonly name: string;
  /** Of 0, stored, and 8, deflated. */
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where the file's own header begins. */
  readonly offset: number;
}

const MOST_FILES = 200;
const MOST_BYTES = 256 * 2 ** 20;

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Sizes of these three without what follows at their ends. */
const [END_SIZE, ENTRY_SIZE, LOCAL_SIZE] = [22, 46, 30];
/** Stands for a number that does not fit, which zip64 has elsewhere. */
const ELSEWHERE = 0xffffffff;
const IS_ENCRYPTED = 1;
/** What macOS adds of its own. */
const FOREIGN = /^__MACOSX\/|(^|\/)\.DS_Store$/;

type Fail = (found: string) => never;

function failing(file: string): Fail {
  return (found) => {
    throw new DataError(`zip: expected ${file} to be a zip archive but found ${found}`, { file });
  };
}

/** The files that an archive says it has. @throws DataError for one that `folderFromZip` refuses */
export function readDirectory(bytes: Uint8Array, file: string): ZipEntry[] {
  const fail = failing(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view, fail);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (at === ELSEWHERE || count === 0xffff) fail("a zip64 archive; pack it without");
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_SIZE > end || view.getUint32(at, true) !== ENTRY) fail("a damaged directory");
    const { next, isFile, ...entry } = readEntry(bytes, at, fail);
    at = next;
    if (!isFile || FOREIGN.test(entry.name)) continue;
    if (names.has(entry.name)) fail(`${shown(entry.name)} twice`);
    names.add(entry.name);
    entries.push(entry);
    total += entry.size;
    if (entries.length > MOST_FILES) fail(`more than ${MOST_FILES} files in it`);
    if (total > MOST_BYTES) fail(`more than ${MOST_BYTES / 2 ** 20} MB in it`);
  }
  if (entries.length === 0) fail("no file in it");
  return entries;
}

/** The record at the archive's end; a comment may follow it. */
function findEnd(view: DataView, fail: Fail): number {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  const isCut = view.byteLength >= 4 && view.getUint32(0, true) === LOCAL;
  return fail(isCut ? "one that ends too early" : "another file");
}

function readEntry(bytes: Uint8Array, at: number, fail: Fail): ZipEntry & { next: number; isFile: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const [nameSize, extraSize, commentSize] = [28, 30, 32].map((place) => view.getUint16(place, true)) as [
    number,
    number,
    number,
  ];
  const next = at + ENTRY_SIZE + nameSize + extraSize + commentSize;
  if (next > bytes.length) fail("a damaged directory");
  const name = textOf(bytes.subarray(at + ENTRY_SIZE, at + ENTRY_SIZE + nameSize), fail);
  if (view.getUint16(8, true) & IS_ENCRYPTED) fail(`${shown(name)} encrypted; pack it without a password`);
  const isFile = !name.endsWith("/");
  checkName(isFile ? name : name.slice(0, -1), fail);
  const method = view.getUint16(10, true);
  if (method !== 0 && method !== 8) fail(`${shown(name)} packed by method ${method}; pack it by deflate`);
  const [crc, packedSize, size, offset] = [16, 20, 24, 42].map((place) => view.getUint32(place, true)) as [
    number,
    number,
    number,
    number,
  ];
  if ([packedSize, size, offset].includes(ELSEWHERE)) fail("a zip64 archive; pack it without");
  return { name, method, crc, packedSize, size, offset, next, isFile };
}

function textOf(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("names that are not UTF-8");
  }
}

function shown(name: string): string {
  const text = JSON.stringify(name);
  return text.length > 80 ? `${text.slice(0, 80)}…"` : text;
}

function checkName(name: string, fail: Fail): void {
  const isPlain = isNameInside(name) && name.split("/").every((part) => part.length < 256);
  if (!isPlain) fail(`the name ${shown(name)}, which is of no file inside a folder`);
}

/** So many packed bytes are inflated at a time; deflate makes them at most 1,032 times as long. */
const AT_ONCE = 2 ** 14;

/** The bytes of one file. @throws DataError when they are not what the directory says */
export function inflateEntry(bytes: Uint8Array, entry: ZipEntry, file: string): Uint8Array {
  const fail = failing(file);
  const { name, method, crc, packedSize, size, offset } = entry;
  const damaged = () => fail(`damage in ${shown(name)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (offset + LOCAL_SIZE > bytes.length || view.getUint32(offset, true) !== LOCAL) damaged();
  const start = offset + LOCAL_SIZE + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const packed = bytes.subarray(start, start + packedSize);
  if (packed.length < packedSize) damaged();
  const content = method === 0 ? packed.slice() : inflate(packed, size, damaged);
  if (content.length !== size || crc32(content) !== crc) damaged();
  return content;
}

/** Stops as soon as there is more than there should be. */
function inflate(packed: Uint8Array, size: number, damaged: () => never): Uint8Array {
  const content = new Uint8Array(size);
  let length = 0;
  let isTooLong = false;
  const stream = new Inflate((part) => {
    isTooLong ||= length + part.length > size;
    if (!isTooLong) content.set(part, length);
    length += part.length;
  });
  try {
    for (let at = 0; at < packed.length && !isTooLong; at += AT_ONCE) {
      stream.push(packed.subarray(at, at + AT_ONCE), at + AT_ONCE >= packed.length);
    }
  } catch {
    damaged();
  }
  if (isTooLong || length < size) damaged();
  return content;
}
