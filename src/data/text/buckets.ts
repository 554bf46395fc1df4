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

/** Each example's bucket is told in a byte. */
const MOST_BUCKETS = 256;

/**
 * At most so many pairs of padded lengths, ascending, so that the examples' padding is least in all; and of each example the bucket
 * that it goes into, the first that it fits. Each bucket is a graph of its own, so they are few.
 *
 * Examples are ordered by the longer of source and (scaled) target, and that order is cut by dynamic programming.
 *
 * @throws RangeError for a `most` that is not from 1 to 256
 */
export function planBuckets(lengths: Lengths, most = 8): { buckets: readonly Bucket[]; of: Uint8Array } {
  if (!(most >= 1 && most <= MOST_BUCKETS)) {
    throw new RangeError(`planBuckets: expected 1 to ${MOST_BUCKETS} buckets but found ${most}`);
  }
  const buckets = cut(groupByKey(lengths, keys(lengths)), most);
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
  const plain = (i: number) => Math.max(1, source[i] as number, Math.round((target?.[i] ?? 0) * scale));
  for (let i = 0; i < source.length; i++) longest = Math.max(longest, plain(i));
  const step = Math.ceil((longest + 1) / MOST_KEYS);
  return (i) => Math.floor(plain(i) / step);
}

/** Examples that go into one bucket in any case: how many there are up to them, and the lengths that hold all of these. */
interface Group extends Bucket {
  readonly count: number;
}

function groupByKey({ source, target }: Lengths, keyOf: (i: number) => number): Group[] {
  const groups = new Map<number, Group>();
  for (let i = 0; i < source.length; i++) {
    const one = { count: 1, sourceLen: source[i] as number, targetLen: target?.[i] ?? 0 };
    groups.set(keyOf(i), join(groups.get(keyOf(i)), one));
  }
  let last: Group | undefined;
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([, group]) => {
      last = join(last, group);
      return last;
    });
}

function join(a: Group = { count: 0, sourceLen: 1, targetLen: 0 }, b: Group): Group {
  return {
    count: a.count + b.count,
    sourceLen: Math.max(a.sourceLen, b.sourceLen),
    targetLen: Math.max(a.targetLen, b.targetLen),
  };
}

/** Buckets that each end with a group, at most `most`, so that the sum of padded lengths is least. */
function cut(groups: readonly Group[], most: number): Bucket[] {
  const count = groups.length;
  const parts = Math.min(most, count);
  const before = [0, ...groups.map((group) => group.count)];
  // Row p: the least cost of the first `end` groups in p + 1 parts, and where the last of these parts begins.
  let costs = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  costs[0] = 0;
  const begins: Int32Array[] = [];
  for (let part = 0; part < parts; part++) {
    const next = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
    const begin = new Int32Array(count + 1);
    for (const [i, { count: upTo, sourceLen, targetLen }] of groups.entries()) {
      for (let start = i; start >= 0; start--) {
        const cost = (costs[start] as number) + (upTo - (before[start] as number)) * (sourceLen + targetLen);
        if (cost >= (next[i + 1] as number)) continue;
        next[i + 1] = cost;
        begin[i + 1] = start;
      }
    }
    costs = next;
    begins.push(begin);
  }
  const buckets: Bucket[] = [];
  let end = count;
  for (const begin of begins.reverse()) {
    const { sourceLen, targetLen } = groups[end - 1] as Group;
    buckets.unshift({ sourceLen, targetLen });
    end = begin[end] as number;
  }
  return buckets;
}
