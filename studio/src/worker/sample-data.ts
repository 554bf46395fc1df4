import { generators } from "fovea/data";

/** What `fovea generate NAME` writes, as a file. */
const SAMPLE = { seed: 1, count: 10_000 };

/** @throws RangeError for a generator that is not there */
export function sampleTable(name: string): Blob {
  const generator = generators.GENERATORS.find((one) => one.name === name);
  if (!generator) throw new RangeError(`sample: expected a generator but found ${name}`);
  const lines = [generator.columns.join("\t")];
  for (const { source, target } of generators.distinctExamples(generator, SAMPLE)) lines.push(`${source}\t${target}`);
  return new Blob([`${lines.join("\n")}\n`], { type: "text/tab-separated-values" });
}
