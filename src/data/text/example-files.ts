import type { ByteSource } from "./byte-source.ts";
import { parallelParser, readParallel } from "./parallel.ts";
import { type RecordOptions, readRecords, recordParser } from "./records.ts";
import type { Place } from "./records-fault.ts";

/** Where an example stands in each of its sources, in bytes. */
export type Spans = readonly { readonly start: number; readonly end: number }[];

/** An example as it was read. */
export interface RawExample {
  /** By role. */
  readonly fields: Readonly<Record<string, string>>;
  readonly place: Place;
  readonly spans: Spans;
}

/** Examples in a file, or in several side by side, to be read in order or one again. */
export interface ExampleFiles {
  /** How messages name them. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  examples(): AsyncGenerator<RawExample, void>;
  /** The fields of an example that was read before. @throws DataError where there is none any more, for the file has changed */
  read(spans: Spans): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/**
 * Examples of one source in the formats of `readRecords`, or of several plain-text files side by side, as `readParallel` has them.
 *
 * @throws DataError for a header that cannot be read
 */
export async function openExamples(sources: readonly ByteSource[], options: RecordOptions): Promise<ExampleFiles> {
  const [first] = sources as readonly [ByteSource];
  const isTable = sources.length === 1;
  const roles = options.roles.slice(0, isTable ? undefined : sources.length);
  const parallel = { ...options, roles };
  const parseParts = isTable ? await tableParser(first, options) : parallelParser(sources, parallel);
  return {
    name: sources.map(({ name }) => name).join(" and "),
    size: sources.reduce((sum, { size }) => sum + size, 0),
    async *examples() {
      if (!isTable) return yield* readParallel(sources, parallel);
      for await (const { fields, place, start, end } of readRecords(first, options)) {
        yield { fields, place, spans: [{ start, end }] };
      }
    },
    async read(spans) {
      const parts = await Promise.all(spans.map(({ start, end }, i) => (sources[i] as ByteSource).read(start, end)));
      return parseParts(parts);
    },
    async close() {
      for (const source of sources) await source.close();
    },
  };
}

async function tableParser(
  source: ByteSource,
  options: RecordOptions,
): Promise<(parts: readonly Uint8Array[]) => Readonly<Record<string, string>>> {
  const parse = await recordParser(source, options);
  return ([bytes]) => parse(bytes as Uint8Array);
}
