import type { Matrix, Walk, WalkInput, WalkProblem } from "fovea/tasks";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { messageOf, notify } from "../../state/notices.ts";
import { createStore, type Store, useStore } from "../../state/store.ts";
import type { CatalogueApi } from "../../worker/catalogue-api.ts";
import { type Connection, connect } from "../../worker/client.ts";

let connection: Connection<CatalogueApi> | undefined;

/** The worker that runs the mechanisms, started when it is first needed. */
export function catalogueWorker(): Connection<CatalogueApi>["remote"] {
  connection ??= connect<CatalogueApi>("catalogue", (error) => {
    connection = undefined;
    for (const learned of learnedByName.values()) learned.set(UNTRAINED);
    notify({ kind: "worker", detail: error.message });
  });
  return connection.remote;
}

/** How far a mechanism has learned its task. */
interface Learned {
  readonly training: { readonly step: number; readonly steps: number } | undefined;
  readonly isTrained: boolean;
}

const UNTRAINED: Learned = { training: undefined, isTrained: false };

/** Of each mechanism: it is the worker that is trained, and cards come and go. */
const learnedByName = new Map<string, Store<Learned>>();

function learnedOf(name: string): Store<Learned> {
  const known = learnedByName.get(name) ?? createStore(UNTRAINED);
  learnedByName.set(name, known);
  return known;
}

export interface CardState extends Learned {
  readonly given: WalkProblem | undefined;
  /** The problem's vectors, with the queries where the reader moved them. */
  readonly input: WalkInput | undefined;
  readonly walk: Walk | undefined;
  readonly fault: string | undefined;
  moveQuery(row: number, vector: readonly number[]): void;
  putBack(): void;
  train(): Promise<void>;
  forget(): Promise<void>;
}

/** A row of a matrix. */
export function rowOf({ columns, data }: Matrix, row: number): readonly number[] {
  return data.slice(row * columns, (row + 1) * columns);
}

/** A mechanism at work on one of its problems. Nothing is computed before the card `isSeen`. */
export function useCard(name: string, index: number, isSeen: boolean): CardState {
  const [given, setGiven] = useState<WalkProblem>();
  const [input, setInput] = useState<WalkInput>();
  const [walk, setWalk] = useState<Walk>();
  const [fault, setFault] = useState<string>();
  const walkThrough = useWalk(name, setWalk, setFault);
  const { isTrained } = useStore(learnedOf(name));
  useEffect(() => {
    if (!isSeen) return;
    let isLate = false;
    catalogueWorker()
      .call("problem", name, index)
      .then((found) => {
        if (isLate) return;
        setGiven(found);
        setInput(found.input);
        walkThrough(found.input);
      })
      .catch((error: unknown) => setFault(messageOf(error)));
    return () => {
      isLate = true;
    };
  }, [name, index, isTrained, isSeen]);
  const change = (next: WalkInput) => {
    setInput(next);
    walkThrough(next);
  };
  return {
    given,
    input,
    walk,
    fault,
    ...useTraining(name, setFault),
    moveQuery(row, vector) {
      if (!input) return;
      const { columns, data } = input.query;
      const moved = data.map((x, i) => (Math.floor(i / columns) === row ? (vector[i % columns] as number) : x));
      change({ ...input, query: { ...input.query, data: moved } });
    },
    putBack: () => given && change(given.input),
  };
}

function useTraining(
  name: string,
  onFault: (message: string | undefined) => void,
): Pick<CardState, "training" | "isTrained" | "train" | "forget"> {
  const learned = learnedOf(name);
  return {
    ...useStore(learned),
    async train() {
      onFault(undefined);
      learned.set({ training: { step: 0, steps: 0 }, isTrained: false });
      try {
        for await (const { step, steps } of catalogueWorker().stream("train", name)) {
          learned.set({ training: { step, steps }, isTrained: false });
        }
        learned.set({ training: undefined, isTrained: true });
      } catch (error) {
        learned.set(UNTRAINED);
        onFault(messageOf(error));
      }
    },
    async forget() {
      await catalogueWorker().call("reset", name);
      learned.set(UNTRAINED);
    },
  };
}

/** Walks through the newest input only: what was asked for meanwhile and is out of date is left out. */
function useWalk(
  name: string,
  onWalk: (walk: Walk) => void,
  onFault: (message: string) => void,
): (input: WalkInput) => void {
  const state = useRef<{ isBusy: boolean; next: WalkInput | undefined }>({ isBusy: false, next: undefined });
  return useMemo(() => {
    const ask = async (input: WalkInput) => {
      if (state.current.isBusy) {
        state.current.next = input;
        return;
      }
      state.current.isBusy = true;
      try {
        for (let wanted: WalkInput | undefined = input; wanted; wanted = state.current.next) {
          state.current.next = undefined;
          onWalk(await catalogueWorker().call("walk", name, wanted));
        }
      } catch (error) {
        onFault(messageOf(error));
      } finally {
        state.current.isBusy = false;
      }
    };
    return (input) => void ask(input);
  }, [name, onWalk, onFault]);
}
