import type { TestEvent } from "../tasks/events.ts";
import { exampleTable, groupTable } from "./event-tables.ts";
import { mapBlock } from "./explanation-report.ts";
import { overallName, percent, testFacts, wordsOf } from "./measure-text.ts";
import { formatDuration } from "./number-text.ts";
import type { Report, ReportBlock, ReportSection } from "./report.ts";
import type { Table } from "./table.ts";
import type { TrainingRecord } from "./training-record.ts";

/** The report of a training: what was measured, how training went, and where the model looked. */
export function trainingReport(record: TrainingRecord): Report {
  const { start, test, examples } = record;
  const sections: ReportSection[] = [];
  const add = (heading: string, blocks: readonly ReportBlock[]) => {
    if (blocks.length > 0) sections.push({ heading, blocks });
  };
  add("Result", test ? [{ kind: "facts", facts: testFacts(test) }] : []);
  add("Training", trainingBlocks(record));
  add(
    test ? `${capital(overallName(test))} by ${test.groupedBy ?? "format"}` : "",
    test && test.groups.length > 0 ? [{ kind: "table", table: groupTable(test) }] : [],
  );
  add("Examples", examples ? [{ kind: "table", table: exampleTable(examples) }] : []);
  add("Where it looked", [
    ...(examples?.maps ?? []).map((map) => mapBlock(map)),
    ...(test?.focus ? focusBlocks(test) : []),
  ]);
  const title = start ? `Training of ${start.task}` : "Training";
  return start ? { title, subtitle: start.folder, sections } : { title, sections };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function trainingBlocks(record: TrainingRecord): ReportBlock[] {
  const { start, saved, warnings } = record;
  const curves = record.curves();
  const facts: [string, string | number][] = [];
  if (start) {
    const { parameters, steps, workers, seed } = start;
    facts.push(["parameters", parameters], ["steps", steps], ["workers", workers], ["seed", String(seed)]);
  }
  if (saved) facts.push(["time", formatDuration(saved.seconds)]);
  return [
    ...(facts.length > 0 ? [{ kind: "facts", facts } as const] : []),
    ...(curves.length > 0 ? [{ kind: "chart", chart: { across: "step", curves } } as const] : []),
    ...warnings.map((text) => ({ kind: "paragraph", text: `Warning: ${text}` }) as const),
  ];
}

/** How much attention lay, while a field was written, on the same field of the text. */
function focusBlocks({ focus = [] }: TestEvent): ReportBlock[] {
  const fields = Object.keys(focus[0]?.shares ?? {});
  const table: Table = {
    columns: [
      { name: "format" },
      ...fields.map((name) => ({
        name: wordsOf(name),
        align: "right" as const,
        format: (share: string | number) => percent(share as number),
      })),
    ],
    rows: focus.map(({ name, shares }) => [name, ...fields.map((field) => shares[field] ?? 0)]),
  };
  const text = "Share of the attention that lay on the same field of the text while a field was written, by format:";
  return [
    { kind: "paragraph", text },
    { kind: "table", table },
  ];
}
