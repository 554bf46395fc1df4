import type { Rng } from "../../tensor/random.ts";
import { MAX_INPUT } from "./alphabet.ts";
import { MONTHS, SHORT_MONTHS } from "./names.ts";

/** Dates in other languages, with the month's name in that language. Names that are English too (`april`) are never written. */

interface Language {
  readonly months: readonly string[];
  readonly shortMonths?: readonly string[];
  readonly weekdays?: readonly string[];
  /** `d`, `m`, `y` and `w` stand for day, month, year and weekday; all else stands for itself. */
  readonly patterns: readonly string[];
  /** Small letters are wrong here (German nouns). */
  readonly isCapital?: boolean;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  german: {
    months: "januar februar märz april mai juni juli august september oktober november dezember".split(" "),
    shortMonths: "jän feb mär apr mai jun jul aug sep okt nov dez".split(" "),
    weekdays: "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag".split(" "),
    patterns: ["{d}. {m} {y}", "{w}, {d}. {m} {y}", "{d} {m} {y}", "den {d}. {m} {y}"],
    isCapital: true,
  },
  french: {
    months: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" "),
    weekdays: "dimanche lundi mardi mercredi jeudi vendredi samedi".split(" "),
    patterns: ["{d} {m} {y}", "le {d} {m} {y}", "{w} {d} {m} {y}", "1er {m} {y}"],
  },
  spanish: {
    months: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" "),
    shortMonths: "ene feb mar abr may jun jul ago sept oct nov dic".split(" "),
    weekdays: "domingo lunes martes miércoles jueves viernes sábado".split(" "),
    patterns: ["{d} de {m} de {y}", "{d} {m} {y}", "el {d} de {m} de {y}", "{w} {d} de {m} {y}"],
  },
  italian: {
    months: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(" "),
    shortMonths: "gen feb mar apr mag giu lug ago set ott nov dic".split(" "),
    weekdays: "domenica lunedì martedì mercoledì giovedì venerdì sabato".split(" "),
    patterns: ["{d} {m} {y}", "{w} {d} {m} {y}", "1º {m} {y}", "il {d} {m} {y}"],
  },
  portuguese: {
    months: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(" "),
    weekdays: "domingo segunda terça quarta quinta sexta sábado".split(" "),
    patterns: ["{d} de {m} de {y}", "{w}, {d} de {m} de {y}", "{d} {m} {y}"],
  },
  dutch: {
    months: "januari februari maart april mei juni juli augustus september oktober november december".split(" "),
    weekdays: "zondag maandag dinsdag woensdag donderdag vrijdag zaterdag".split(" "),
    patterns: ["{d} {m} {y}", "{w} {d} {m} {y}"],
  },
  swedish: {
    months: "januari februari mars april maj juni juli augusti september oktober november december".split(" "),
    patterns: ["{d} {m} {y}", "den {d} {m} {y}"],
  },
  polish: {
    months: "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia".split(
      " ",
    ),
    patterns: ["{d} {m} {y}", "{d} {m} {y} r."],
  },
  turkish: {
    months: "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık".split(" "),
    patterns: ["{d} {m} {y}"],
  },
  russian: {
    months: "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(" "),
    patterns: ["{d} {m} {y}", "{d} {m} {y} г."],
  },
  greek: {
    months:
      "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου".split(
        " ",
      ),
    patterns: ["{d} {m} {y}"],
  },
  chinese: {
    months: Array.from({ length: 12 }, (_, month) => `${month + 1}月`),
    patterns: ["{y}年{m}{d}日", "{y} 年 {m} {d} 日", "{m}{d}日, {y}"],
  },
  korean: { months: Array.from({ length: 12 }, (_, month) => `${month + 1}월`), patterns: ["{y}년 {m} {d}일"] },
};

/** Languages of which no date is ever trained on: with them one sees whether doubt reaches beyond what was shown. */
const HELD_OUT: Readonly<Record<string, Language>> = {
  finnish: {
    months: (
      "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta " +
      "marraskuuta joulukuuta"
    ).split(" "),
    patterns: ["{d}. {m} {y}"],
  },
  czech: {
    months: "ledna února března dubna května června července srpna září října listopadu prosince".split(" "),
    patterns: ["{d}. {m} {y}", "{d} {m} {y}"],
  },
  romanian: {
    months: "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie".split(
      " ",
    ),
    patterns: ["{d} {m} {y}"],
  },
  indonesian: {
    months: "januari februari maret april mei juni juli agustus september oktober november desember".split(" "),
    patterns: ["{d} {m} {y}"],
  },
  hungarian: {
    months: "január február március április május június július augusztus szeptember október november december".split(
      " ",
    ),
    patterns: ["{y}. {m} {d}."],
  },
  swahili: {
    months: "Januari Februari Machi Aprili Mei Juni Julai Agosti Septemba Oktoba Novemba Desemba".split(" "),
    patterns: ["{d} {m} {y}"],
    isCapital: true,
  },
};

const NAMES = Object.keys(LANGUAGES);
const HELD_OUT_NAMES = Object.keys(HELD_OUT);
const ENGLISH: ReadonlySet<string> = new Set([...MONTHS[0], ...SHORT_MONTHS[0], "sept"]);

/** The languages that are written, and those that are held out from training. */
export const FOREIGN_LANGUAGES: readonly string[] = NAMES;
export const HELD_OUT_LANGUAGES: readonly string[] = HELD_OUT_NAMES;

function monthIn(rng: Rng, { months, shortMonths }: Language): string {
  const words = shortMonths && rng.uniform() < 0.3 ? shortMonths : months;
  let month: string;
  do month = rng.pick(words);
  while (ENGLISH.has(month));
  return month;
}

/** A date of the years 1930 to 2050 in a language drawn equally, at most 30 characters. */
export function writeForeignDate(rng: Rng, isHeldOut: boolean): string {
  let text: string;
  do {
    const language = (isHeldOut ? HELD_OUT[rng.pick(HELD_OUT_NAMES)] : LANGUAGES[rng.pick(NAMES)]) as Language;
    const month = monthIn(rng, language);
    const isTitle = language.isCapital ? rng.uniform() < 0.8 : rng.uniform() < 0.25;
    const day = 1 + rng.integer(28);
    const fields: Readonly<Record<string, string>> = {
      "{d}": rng.uniform() < 0.2 ? String(day).padStart(2, "0") : String(day),
      "{m}": isTitle ? month.charAt(0).toUpperCase() + month.slice(1) : month,
      "{y}": String(1930 + rng.integer(121)),
      "{w}": language.weekdays ? rng.pick(language.weekdays) : "",
    };
    text = rng.pick(language.patterns);
    for (const field in fields) text = text.replace(field, fields[field] as string);
  } while (text.length > MAX_INPUT);
  return text;
}
