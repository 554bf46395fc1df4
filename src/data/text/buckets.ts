/** Lengths that sequences are padded to. */
export interface Bucket {
  readonly sourceLen: number;
  /** 0 where there are no targets. */
  readonly targetLen: number;
}

/** How many tokens each example has. */
export interface Lengths {
  readonly source: ArrayLike<number>;
  readonly target?: ArrayLike<number>;
}

/** Lengths are told apart this finely at most: planning takes the square of it. */
const MOST_KEYS = 512;

/**
 * At most so many pairs of padded lengths that the examples' padding is least in all, ascending; and of each example the bucket
 * that it goes into, the first that it fits. Each bucket is a graph of its own, so they are few.
 *
 * Examples are ordered by the longer of source and (scaled) target, cut by dynamic programming.
 */
export function planBuckets(lengths: Lengths, most = 8): { buckets: readonly Bucket[]; of: Uint8Array } {
  const keyOf = keys(lengths);
  const groups = groupByKey(lengths, keyOf);
  const buckets: Bucket[] = [];
  for (const { sourceLen, targetLen } of cut(groups, most)) {
    const last = buckets.at(-1);
    buckets.push({
      sourceLen: Math.max(sourceLen, last?.sourceLen ?? 1),
      targetLen: Math.max(targetLen, last?.targetLen ?? 0),
    });
  }
  const of = Uint8Array.from({ length: lengths.source.length }, (_, i) => {
    return buckets.findIndex((bucket) => fits(lengths, i, bucket));
  });
  return { buckets, of };
}

function fits({ source, target }: Lengths, i: number, { sourceLen, targetLen }: Bucket): boolean {
  return (source[i] as number) <= sourceLen && (target?.[i] ?? 0) <= targetLen;
}

/** By what the examples are ordered: whole numbers from 0 on. */
function keys({ source, target }: Lengths): (i: number) => number {
  let [sources, targets, longest] = [0, 0, 1];
  for (let i = 0; i < source.length; i++) {
    sources += source[i] as number;
    targets += target?.[i] ?? 0;
  }
  const scale = targets > 0 ? sources / targets : 0;
  const plain = (i: number) => Math.max(source[i] as number, Math.round((target?.[i] ?? 0) * scale));
  for (let i = 0; i < source.length; i++) longest = Math.max(longest, plain(i));
  const step = Math.ceil((longest + 1) / MOST_KEYS);
  return (i) => Math.floor(plain(i) / step);
}

/** Examples that go into one bucket in any case. */
interface Group extends Bucket {
  readonly count: number;
}

function groupByKey({ source, target }: Lengths, keyOf: (i: number) => number): Group[] {
  const groups = new Map<number, Group>();
  for (let i = 0; i < source.length; i++) {
    const { count, sourceLen, targetLen } = groups.get(keyOf(i)) ?? { count: 0, sourceLen: 1, targetLen: 0 };
    groups.set(keyOf(i), {
      count: count + 1,
      sourceLen: Math.max(sourceLen, source[i] as number),
      targetLen: Math.max(targetLen, target?.[i] ?? 0),
    });
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/** Consecutive groups joined into at most `most`, so that the sum of padded lengths is least. */
function cut(groups: readonly Group[], most: number): Bucket[] {
  const count = groups.length;
  const parts = Math.min(most, count);
  // Row p: the least cost of the first `end` groups in p + 1 parts, and where the last of these parts begins.
  let costs = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  costs[0] = 0;
  const begins: Int32Array[] = [];
  for (let part = 0; part < parts; part++) {
    const next = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
    const begin = new Int32Array(count + 1);
    for (let end = 1; end <= count; end++) {
      let joined: Group = { count: 0, sourceLen: 0, targetLen: 0 };
      for (let start = end - 1; start >= 0; start--) {
        joined = join(joined, groups[start] as Group);
        const cost = (costs[start] as number) + joined.count * (joined.sourceLen + joined.targetLen);
        if (cost >= (next[end] as number)) continue;
        next[end] = cost;
        begin[end] = start;
      }
    }
    costs = next;
    begins.push(begin);
  }
  const buckets: Bucket[] = [];
  let end = count;
  for (let part = parts - 1; part >= 0; part--) {
    const start = (begins[part] as Int32Array)[end] as number;
    buckets.unshift(groups.slice(start, end).reduce(join));
    end = start;
  }
  return buckets;
}

function join(a: Group, b: Group): Group {
  return {
    count: a.count + b.count,
    sourceLen: Math.max(a.sourceLen, b.sourceLen),
    targetLen: Math.max(a.targetLen, b.targetLen),
  };
}
