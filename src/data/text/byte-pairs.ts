import { GreatestFirst } from "./byte-pairs-queue.ts";
import { compareCodePoints } from "./vocabulary.ts";

/** Two neighbouring symbols that become one. */
export type BytePair = readonly [left: string, right: string];

export interface BytePairOptions {
  /** Most merges. */
  readonly merges: number;
  /** Pairs seen less often are not merged. @default 2 */
  readonly minCount?: number;
  /** Stands at the last character of each word, so that ends of words are symbols of their own. @default none */
  readonly wordEnd?: string;
}

/**
 * Learns byte-pair merges: every word starts as its characters; then, again and again, the pair of neighbouring symbols seen most
 * often becomes one symbol. Of pairs seen equally often the greatest by code point is merged, first symbol first, which is the
 * rule of subword-nmt: the merges are the same as its own. (Sennrich, Haddow & Birch 2016, section 3.2.)
 *
 * @param words with how often each was seen
 * @returns the merges in the order in which they are learnt and are to be applied; fewer than asked for where no pair is left
 */
export function learnBytePairs(words: Iterable<readonly [string, number]>, options: BytePairOptions): BytePair[] {
  const { merges, minCount = 2, wordEnd = "" } = options;
  const segmentation = new Segmentation(words, wordEnd);
  const learnt: BytePair[] = [];
  while (learnt.length < merges) {
    const pair = segmentation.mostFrequentPair();
    if (!pair || pair.count < minCount) break;
    learnt.push(segmentation.name(pair));
    segmentation.merge(pair);
  }
  return learnt;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** The words that have it, and perhaps some that had it. */
  readonly words: Set<number>;
}

/** More symbols than memory holds; a pair's key stays an exact number. */
const MOST_SYMBOLS = 2 ** 26;

/** The words, cut into symbols, with the counts of all pairs of neighbours kept up to date. */
class Segmentation {
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #words: number[][] = [];
  readonly #counts: number[] = [];
  readonly #pairs = new Map<number, Pair>();
  /** Pairs with a count that they had; the count has fallen since where the two differ. */
  readonly #queue = new GreatestFirst<{ readonly count: number; readonly pair: Pair }>((a, b) => {
    return a.count - b.count || this.#compareNames(a.pair, b.pair);
  });

  constructor(words: Iterable<readonly [string, number]>, wordEnd: string) {
    for (const [word, count] of words) {
      const characters = [...word];
      if (characters.length === 0) continue;
      characters.push(`${characters.pop()}${wordEnd}`);
      this.#words.push(characters.map((character) => this.#id(character)));
      this.#counts.push(count);
    }
    for (const [index, word] of this.#words.entries()) {
      for (let i = 0; i + 1 < word.length; i++) this.#add(word[i] as number, word[i + 1] as number, index);
    }
    for (const pair of this.#pairs.values()) this.#queue.push({ count: pair.count, pair });
  }

  mostFrequentPair(): Pair | undefined {
    for (let top = this.#queue.pop(); top; top = this.#queue.pop()) {
      const { count, pair } = top;
      if (count === pair.count) return pair;
      if (pair.count > 0 && pair.count < count) this.#queue.push({ count: pair.count, pair });
    }
    return undefined;
  }

  name({ left, right }: Pair): BytePair {
    return [this.#names[left] as string, this.#names[right] as string];
  }

  /** Makes the pair one symbol wherever it stands, from left to right, and counts anew what stands beside it. */
  merge(pair: Pair): void {
    const merged = this.#id(this.name(pair).join(""));
    const grown = new Set<Pair>();
    for (const index of pair.words) {
      const old = this.#words[index] as number[];
      const word: number[] = [];
      // Of each symbol of the old and of the new word, whether it was merged.
      const [oldMerged, newMerged]: [boolean[], boolean[]] = [[], []];
      for (let i = 0; i < old.length; i++) {
        const found = old[i] === pair.left && old[i + 1] === pair.right;
        oldMerged.push(found);
        newMerged.push(found);
        word.push(found ? merged : (old[i] as number));
        if (found) oldMerged.push(true);
        if (found) i++;
      }
      if (word.length === old.length) continue;
      for (let i = 0; i + 1 < old.length; i++) {
        if (oldMerged[i] || oldMerged[i + 1]) this.#remove(old[i] as number, old[i + 1] as number, index);
      }
      for (let i = 0; i + 1 < word.length; i++) {
        if (newMerged[i] || newMerged[i + 1]) grown.add(this.#add(word[i] as number, word[i + 1] as number, index));
      }
      this.#words[index] = word;
    }
    pair.words.clear();
    for (const each of grown) this.#queue.push({ count: each.count, pair: each });
  }

  #id(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    this.#ids.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  #add(left: number, right: number, word: number): Pair {
    const key = left * MOST_SYMBOLS + right;
    const pair = this.#pairs.get(key) ?? { left, right, count: 0, words: new Set() };
    if (pair.words.size === 0) this.#pairs.set(key, pair);
    pair.count += this.#counts[word] as number;
    pair.words.add(word);
    return pair;
  }

  #remove(left: number, right: number, word: number): void {
    const pair = this.#pairs.get(left * MOST_SYMBOLS + right) as Pair;
    pair.count -= this.#counts[word] as number;
  }

  #compareNames(a: Pair, b: Pair): number {
    const [names, [left, right]] = [this.#names, this.name(a)];
    return compareCodePoints(left, names[b.left] as string) || compareCodePoints(right, names[b.right] as string);
  }
}
