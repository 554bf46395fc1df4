import type { ExamplesEvent, TestEvent } from "../tasks/events.ts";
import { doubtsOf, isDoubtful } from "./answer-line.ts";
import { intervalText, measureName, measureValue, overallName, sharePercent } from "./measure-text.ts";
import type { Table } from "./table.ts";

/** The share of right answers by group, and what else was measured of each; the whole in the last row. */
export function groupTable(test: TestEvent): Table {
  const { overall, groups, groupedBy = "format", metrics } = test;
  const others = Object.keys(groups.find((group) => group.metrics)?.metrics ?? {});
  const rows = [...groups, { ...overall, name: "all", metrics }].map((share) => [
    share.name,
    ...others.map((name) => measureValue(name, share.metrics?.[name] ?? Number.NaN)),
    sharePercent(share),
    intervalText(share),
    share.right,
    share.count,
  ]);
  const columns: Table["columns"] = [
    { name: groupedBy },
    ...others.map((name) => ({ name: measureName(name), align: "right" as const })),
    { name: overallName(test), align: "right" },
    { name: "95 % interval", align: "right" },
    { name: "right" },
    { name: "of" },
  ];
  return { columns, rows };
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
