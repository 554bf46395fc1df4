import type { ConformanceRow } from "./conformance.fixture.ts";
import type { Normalize } from "./contract.ts";
import * as all from "./index.ts";

/** A normalizer beside scaled dot products. */
function normalizerRow(
  mechanism: ConformanceRow["mechanism"],
  normalize: NonNullable<ConformanceRow["normalize"]>,
  rest: Pick<ConformanceRow, "variant" | "support" | "noise" | "except"> & Partial<Pick<ConformanceRow, "make">> = {},
): ConformanceRow {
  return {
    mechanism,
    owner: "attend",
    queryDim: 3,
    keyDim: 3,
    normalize,
    make: (options) => ({
      forward: ({ noise, ...input }) =>
        all.attend({ ...input, ...options, score: all.scaledDot(), normalize: normalize(noise) }),
    }),
    ...rest,
  };
}

const always = (normalize: Normalize) => () => normalize;

/** Rows of the conformance table: what makes scores into weights. */
export const NORMALIZERS_ROWS: readonly ConformanceRow[] = [
  normalizerRow(all.SOFTMAX, always(all.softmax)),
  normalizerRow(all.SPARSEMAX, always(all.sparsemax), { support: "some" }),
  normalizerRow(all.ENTMAX_15, always(all.entmax15), { support: "some" }),
  normalizerRow(all.HARDMAX, always(all.hardmax), { support: "one" }),
  normalizerRow(all.GUMBEL, (noise) => all.gumbel({ hard: false, ...(noise && { noise }) }), {
    variant: "soft",
    noise: true,
  }),
  normalizerRow(all.GUMBEL, (noise) => all.gumbel(noise && { noise }), {
    support: "one",
    noise: true,
    except: { slopes: "the gradient is that of the soft weights" },
  }),
  normalizerRow(all.SAMPLED, (noise) => all.sampled({ noise }), {
    support: "one",
    noise: true,
    make: (options) => ({ forward: (input) => all.sampledAttention({ ...input, ...options, score: all.scaledDot() }) }),
  }),
];
