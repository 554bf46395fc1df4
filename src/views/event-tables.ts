import type { ExamplesEvent, TestEvent } from "../tasks/events.ts";
import { doubtsOf, isDoubtful } from "./answer-line.ts";
import { intervalText, sharePercent } from "./measure-text.ts";
import type { Table } from "./table.ts";

const GROUP_COLUMNS: Table["columns"] = [
  { name: "format" },
  { name: "exact match", align: "right" },
  { name: "95 % interval", align: "right" },
  { name: "right" },
  { name: "of" },
];

/** Exact match by group, the whole in the last row. */
export function groupTable({ overall, groups }: TestEvent): Table {
  const rows = [...groups, { ...overall, name: "all" }].map((share) => {
    return [share.name, sharePercent(share), intervalText(share), share.right, share.count];
  });
  return { columns: GROUP_COLUMNS, rows };
}

/** Texts with what the model made of them; a doubtful answer says so, and a wrong one what would have been right. */
export function exampleTable({ title, examples }: ExamplesEvent): Table {
  const rows = examples.map((example) => {
    const { text, output, expected } = example;
    const isWrong = expected !== undefined && expected !== output;
    const notes = [
      ...(isWrong ? [`wrong, expected ${expected}`] : []),
      ...(isDoubtful(example) ? [`? doubtful (${doubtsOf(example)})`] : []),
    ];
    const verdict = expected === undefined || isWrong ? [] : ["right"];
    return [text, output, [...verdict, ...notes].join("; ")];
  });
  const right = examples.filter(({ output, expected }) => output === expected).length;
  const heading = `Examples: ${title}, ${right} of ${examples.length} right`;
  return { title: heading, columns: [{ name: "text" }, { name: "answer" }, { name: "" }], rows };
}
