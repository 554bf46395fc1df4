import type { Explanation } from "../tasks/events.ts";
import type { Language } from "./messages.ts";
import { formatNumber } from "./number-text.ts";

type Measured = NonNullable<Explanation["faithfulness"]>;

const WORDS: Readonly<
  Record<
    Language,
    {
      readonly name: string;
      readonly tau: (tau: string) => string;
      readonly none: string;
      readonly area: (own: string, random: string) => string;
    }
  >
> = {
  en: {
    name: "faithfulness",
    tau: (tau) => `τ ${tau} with what leaving out each token does`,
    none: "leaving out any token does the same",
    area: (own, random) => `deletion ${own}, at random ${random}`,
  },
  "zh-CN": {
    name: "忠实度",
    tau: (tau) => `与逐个删去词元的影响相比 τ ${tau}`,
    none: "删去任何词元影响都一样",
    area: (own, random) => `删除曲线 ${own}，随机 ${random}`,
  },
};

/**
 * How far a map is to be believed, as a name and a value: Kendall's τ of the weights with what leaving each token out does to the
 * answer, and how much the probability falls as the most attended on are left out, beside a random order.
 */
export function faithfulnessFact({ kendall, deletion, random }: Measured, language: Language = "en"): [string, string] {
  const { name, tau, none, area } = WORDS[language];
  const agreement = kendall === undefined ? none : tau(formatNumber(kendall, 2));
  return [name, `${agreement}; ${area(formatNumber(deletion.area, 2), formatNumber(random.area, 2))}`];
}
