import { writeModel } from "../onnx/write.ts";
import type { Outputs } from "../tensor/graph.ts";
import type { TrainingProgram, UpdateInPieces } from "./engine.ts";
import { lower } from "./program.ts";
import { RUN_OPSET } from "./session-options.ts";
import type { UpdatePlan, WrittenGraph } from "./update.ts";

/** Shorter vectors are updated as fast at once: they stay in the processor's outermost cache. `npm run bench` measures it. */
const FEWEST_PIECES = 8;

/** @param piece how many numbers the pieces of a long vector have; left out, there are none */
export function planUpdate(program: TrainingProgram, piece: number = Number.POSITIVE_INFINITY): UpdatePlan {
  const size = program.state.parameters?.data.length ?? 0;
  const cut = size > FEWEST_PIECES * piece ? program.updateInPieces?.() : undefined;
  return cut
    ? planPieces(cut, piece)
    : { whole: written({}, program.update), pieces: [], graphs: [], squares: undefined };
}

/** An update in pieces of so many numbers. */
export function planPieces({ runs, squares, rest }: UpdateInPieces, piece: number): UpdatePlan {
  const updates = [...new Set(runs.map(({ update }) => update))];
  const pieces: UpdatePlan["pieces"][number][] = [];
  let start = 0;
  for (const { size, update } of runs) {
    const graph = updates.indexOf(update);
    for (const end = start + size; start < end; ) {
      const to = Math.min(start + piece, end);
      pieces.push({ start, end: to, isLast: false, graph });
      start = to;
    }
  }
  return {
    whole: hasOutputs(rest) ? written({}, rest) : undefined,
    pieces: pieces.map((part) => ({ ...part, isLast: part.end === start })),
    graphs: updates.map((update) => written({}, update)),
    squares: hasOutputs(squares) ? written(squares) : undefined,
  };
}

function hasOutputs(outputs: Outputs): boolean {
  return Object.keys(outputs).length > 0;
}

function written(outputs: Outputs, next: Outputs = {}): WrittenGraph {
  const graph = lower(outputs, next);
  return { model: writeModel(graph.outputs, { inputs: graph.inputs, opset: RUN_OPSET }), next: graph.next };
}
