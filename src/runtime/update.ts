import type { NdArray } from "../tensor/nd-array.ts";
import type { Loader, NextState, Part, Session, State } from "./backend.ts";
import { SUM, scalarFeeds } from "./engine.ts";

/** A graph as ONNX, and which of its outputs are the next value of which state. */
export interface WrittenGraph {
  readonly model: Uint8Array;
  readonly next: NextState;
}

/** How an update is made: of all states at once, or of long vectors piece by piece, which takes less than half of the time. */
export interface UpdatePlan {
  /** Run once; undefined where all is in pieces. */
  readonly whole: WrittenGraph | undefined;
  /** In order, pieces of the vectors, and the graph of each, an index of `graphs`. */
  readonly pieces: readonly (Part & { readonly graph: number })[];
  readonly graphs: readonly WrittenGraph[];
  /** The sum of squares of a piece of the gradient. */
  readonly squares: WrittenGraph | undefined;
}

/** Vectors by name, of a whole batch. */
export type Vectors = Readonly<Record<string, Float32Array>>;

/** An optimiser's update, made ready to run. */
export class Update {
  readonly #pieces: UpdatePlan["pieces"];
  readonly #whole: Session | undefined;
  readonly #graphs: readonly Session[];
  readonly #squares: Session | undefined;

  private constructor(
    pieces: UpdatePlan["pieces"],
    sessions: { whole: Session | undefined; graphs: readonly Session[]; squares: Session | undefined },
  ) {
    this.#pieces = pieces;
    this.#whole = sessions.whole;
    this.#graphs = sessions.graphs;
    this.#squares = sessions.squares;
  }

  static async load({ whole, pieces, graphs, squares }: UpdatePlan, loader: Loader, state: State): Promise<Update> {
    const load = ({ model, next }: WrittenGraph) => loader.load(model, { state, next });
    return new Update(pieces, {
      whole: whole && (await load(whole)),
      graphs: await Promise.all(graphs.map(load)),
      squares: squares && (await load(squares)),
    });
  }

  /** Moves the states on. @param sums `sum.gradient`, and `sum.buffers` where there are buffers */
  async run(sums: Vectors, scalars: Readonly<Record<string, number>>): Promise<void> {
    const vectors = Object.entries(sums).map(([name, data]) => [name, vector(data)] as const);
    const feeds = { ...scalarFeeds(scalars) };
    await this.#whole?.run({ ...Object.fromEntries(vectors), ...feeds });
    const gradient = sums[SUM.gradient] as Float32Array;
    Object.assign(feeds, await this.#sumOfSquares(gradient));
    for (const part of this.#pieces) {
      const piece = vector(gradient.subarray(part.start, part.end));
      await this.#graphs[part.graph]?.run({ ...feeds, [SUM.gradient]: piece }, part);
    }
  }

  async #sumOfSquares(gradient: Float32Array): Promise<Record<string, NdArray>> {
    if (!this.#squares) return {};
    let squares = 0;
    for (const { start, end } of this.#pieces) {
      const found = await this.#squares.run({ [SUM.gradient]: vector(gradient.subarray(start, end)) });
      squares += Number(found[SUM.squares]?.data[0]);
    }
    return scalarFeeds({ [SUM.squares]: squares });
  }

  async release(): Promise<void> {
    const sessions = [this.#whole, ...this.#graphs, this.#squares];
    await Promise.all(sessions.map((session) => session?.release()));
  }
}

function vector(data: Float32Array): NdArray {
  return { data, shape: [data.length], dtype: "float32" };
}
