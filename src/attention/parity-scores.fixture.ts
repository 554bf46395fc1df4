import type { ParityCase, Tensors } from "../../test/support/parity.ts";
import {
  CosineAttention,
  dotProduct,
  GaussianKernelAttention,
  GeneralAttention,
  LocationAttention,
  LocationSensitiveAttention,
  lengthMask,
} from "./index.ts";

const general = new GeneralAttention({ queryDim: 5, keyDim: 11 });
const location = new LocationAttention({ queryDim: 5, maxLen: 13 });
const cosine = new CosineAttention({ epsilon: 2 ** -10 });
const gaussianKernel = new GaussianKernelAttention();
const locationSensitive = new LocationSensitiveAttention({
  queryDim: 5,
  keyDim: 11,
  hiddenDim: 13,
  filters: 19,
  width: 5,
});

/** A module beside keys of length 7, of which each example has its own number. */
const upToLengths =
  (model: Pick<typeof general, "forward">): ParityCase["build"] =>
  ({ query, key, value, lengths }) => ({ ...model.forward({ query, key, value, mask: lengthMask(lengths, 7) }) });

/** Rows of the parity test: scores. */
export const SCORES_CASES: readonly ParityCase[] = [
  {
    golden: "dot",
    build: ({ query, key, value, mask }: Tensors) => ({ ...dotProduct({ query, key, value, mask }) }),
  },
  { golden: "general", model: general, build: upToLengths(general) },
  {
    golden: "location",
    model: location,
    build: ({ query, value, lengths }: Tensors) => ({
      ...location.forward({ query, key: value, value, mask: lengthMask(lengths, 7) }),
    }),
  },
  { golden: "cosine", model: cosine, build: upToLengths(cosine) },
  { golden: "gaussian-kernel", model: gaussianKernel, build: upToLengths(gaussianKernel) },
  {
    golden: "location-sensitive",
    model: locationSensitive,
    build: ({ query, key, value, lengths, previous }: Tensors) => ({
      ...locationSensitive.forward({ query, key, value, mask: lengthMask(lengths, 7), previous }),
    }),
  },
];
