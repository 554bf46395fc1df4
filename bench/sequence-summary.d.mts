interface Ratio {
  readonly case: string;
  readonly measured: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly bestPeer?: { readonly name: string };
  readonly timesPeer?: number;
}

export interface SequenceSummary {
  readonly pytorch: string;
  readonly absent: Readonly<Record<string, string>>;
  readonly training: readonly (Ratio & { readonly twoWorkersToOne: number })[];
  readonly beam: readonly Ratio[];
  readonly growing: readonly object[];
}

type Rounds = Readonly<Record<string, readonly object[]>>;

export function summarizeSequence(rounds: { readonly training: Rounds; readonly decoding: Rounds }): SequenceSummary;
export function sequenceLines(summary: SequenceSummary): string[];
export function sequenceFaults(summary: SequenceSummary): string[];
