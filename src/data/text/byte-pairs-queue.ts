/** A queue that gives the greatest first: a binary heap. */
export class GreatestFirst<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  /** @param compare above 0 where `a` is the greater */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as T;
      if (this.#compare(item, above) <= 0) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes out the greatest; undefined: the queue is empty. */
  pop(): T | undefined {
    const items = this.#items;
    const greatest = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return greatest;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#compare(items[child + 1] as T, items[child] as T) > 0) child++;
      if (this.#compare(items[child] as T, last) <= 0) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = last;
    return greatest;
  }
}
