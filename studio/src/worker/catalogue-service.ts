/** The catalogue's mechanisms at work, by the code of `src/attention` itself. */
import { FAMILIES, MECHANISMS, type Mechanism } from "fovea/attention";
import { knownAnswers } from "fovea/data";
import { WalkThrough } from "fovea/tasks";
import { webEngine } from "fovea/web";
import type { CatalogueApi, MechanismFacts } from "./catalogue-api.ts";
import type { Methods } from "./rpc.ts";

const open = new Map<string, WalkThrough>();

function mechanismOf(name: string): Mechanism {
  const found = MECHANISMS.find((mechanism) => mechanism.name === name);
  if (found) return found;
  throw new RangeError(`catalogue: expected a mechanism of the list but found ${name}`);
}

function walkThrough(name: string): WalkThrough {
  const known = open.get(name) ?? new WalkThrough(mechanismOf(name));
  open.set(name, known);
  return known;
}

function factsOf({ name, family, authors, year, title, section, choose, example }: Mechanism): MechanismFacts {
  const { about } = knownAnswers.KNOWN_ANSWERS[example.task];
  return { name, family, authors, year, title, section, choose, task: example.task, about };
}

/** A step is told at most so often. */
const TOLD_EVERY = 10;

export const methods: Methods & CatalogueApi = {
  async mechanisms() {
    const families = Object.keys(FAMILIES);
    const place = ({ family }: MechanismFacts) => families.indexOf(family);
    return MECHANISMS.map(factsOf).sort((a, b) => place(a) - place(b) || a.year - b.year);
  },
  async problem(name, index) {
    return walkThrough(name).problem(index);
  },
  async walk(name, input) {
    return walkThrough(name).walk(input);
  },
  async *train(name) {
    const walk = new WalkThrough(mechanismOf(name));
    for await (const { step, loss } of walk.train(webEngine)) {
      if (step % TOLD_EVERY === 0 || step === walk.steps) yield { step, steps: walk.steps, loss };
    }
    open.set(name, walk);
  },
  async reset(name) {
    open.delete(name);
  },
};
