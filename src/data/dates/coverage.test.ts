import { expect, test } from "vitest";
import { ARTICLE_EXAMPLES } from "./article.ts";
import { isRealDate } from "./calendar.ts";
import { DateGenerator } from "./generator.ts";
import { readDate } from "./oracle.fixture.ts";

/** A text with its words and numbers replaced by their kinds: `W, M d, y`. Repeated and outer spaces do not count. */
function shapeOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/(sun|mon|tues|wednes|thurs|fri|satur)day|\b(sun|mon|tues?|weds?|thurs?|thur|fri|sat)\b/g, "W")
    .replace(/january|february|march|april|june|july|august|september|october|november|december/g, "M")
    .replace(/jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec/g, "M")
    .replace(/(twenty|thirty)[- ](first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)/g, "S")
    .replace(/(first|second|third)\b|[a-z]+(fth|xth|hth|nth|rth|ieth)\b/g, "S")
    .replace(/\d+(?=st|nd|rd|th)(st|nd|rd|th)/g, "o")
    .replace(/[’‘ʼ`´′]/g, "'")
    .replace(/\d+/g, (figures) => (figures.length <= 2 ? "d" : figures.length === 4 ? "y" : "9".repeat(figures.length)))
    .replace(/ +/g, " ")
    .trim();
}

/** The shapes of many draws of one format, or of all. */
function drawnShapes(draws: number, format?: string): ReadonlySet<string> {
  const generator = new DateGenerator({ seed: 21, split: "train" });
  const shapes = new Set<string>();
  for (let index = 0; index < draws; index++) shapes.add(shapeOf(generator.example(index, format).text));
  return shapes;
}

const ARTICLE_FORMATS = [
  "day-month-year",
  "marks-day-month-short-year",
  "slash-month-day-short-year",
  "weekday-month-day-year",
  "weekday-month-day-year",
  "weekday-month-day-year",
  "weekday-month-day-year",
  "day-month-year",
  "day-month-year",
  "weekday-month-day-year",
  "the-ordinal-month-year",
  "slash-month-day-year",
  "day-month-year",
  "day-month-year",
  "ordinal-of-month-year",
];

test("the article has fifteen examples, each read as its answer by the rule", () => {
  expect(ARTICLE_EXAMPLES).toHaveLength(ARTICLE_FORMATS.length);
  for (const { text, iso } of ARTICLE_EXAMPLES) {
    expect(isRealDate(iso)).toBe(true);
    expect(readDate(text)).toBe(iso);
  }
});

test.each(ARTICLE_EXAMPLES.map(({ text }, i) => [text, ARTICLE_FORMATS[i] as string]))(
  "the article's %j has the shape of %s",
  (text, format) => {
    expect([...drawnShapes(3000, format)]).toContain(shapeOf(text));
  },
);

// Shapes in which people write whole dates, by kind.
const WRITTEN: readonly (readonly [kind: string, texts: string])[] = [
  ["day first", "13 Sept 2012|10 Aug. 2012|10 August, 2012|4 JUL 1976|08 sep 1999|2, August 2018|4 Jul,1976"],
  ["ordinal first", "3rd May 2001|13th Sept. 2012|12th July, 2013|1st Jan. 2016|21th August 2016|24th, October 2016"],
  [
    "of",
    "3rd of May 2001|12 of August, 2016|22 of April 1998|4th day of July 1976|4th of July of 1976|1st of Oct. 2014",
  ],
  ["the", "the 29th of August 1958|The 4th July 1976|the 22nd of January, 1989|the 4th day of July, 1976"],
  [
    "marks",
    "25-Sep-2003|10/Aug/2012|25.Sep.2003|25 - Sep - 2003|28/February/2015|1st-Jan-2015|25/Sep 2003|25,Sep,2003",
  ],
  ["dot", "4. July 1976|10. Aug. 2012|4.July 1976|04. Jul. 1976|4. July, 1976"],
  ["joined", "13NOV2017|13Nov 2017|4 July1976|4thJuly1976|04JUL76|11SEP01"],
  [
    "short year, day first",
    "4 Jul 76|3rd Feb 82|22 Aug '12|25-Sep-03|25/Sep/03|25.Sep.03|4th of July '76|the 4th of July '76|5 May, 12",
  ],
  ["month first", "july 4, 1976|Sep 25 2003|Sept. 25, 2003|Oct 7,2016|July 4 of 1976|December 15, 2010|Sep  5 2003"],
  ["month, ordinal", "July 4th 1976|July 4th, 1976|January the 1st, 2016|July the 4th 1976|Sep. 25th,2003"],
  ["month, comma", "May, 5 2001|April, 22, 2016|May, 5th 2001|Sep,25,2003|April, 22nd, 2016"],
  [
    "month, marks",
    "Sep-25-2003|Sep.25.2003|Sep/25/2003|Oct-7-2016|Sep-25 2003|Aug - 10 - 2012|Jan-1st-2016|Aug/10, 2012",
  ],
  ["month, joined", "Sep25 2003|July4,1976|Sep25,2003|Sep252003|Jul4th, 1976"],
  [
    "short year, month first",
    "July 10, '96|Jul 10 96|July 4, 76|Jul-10-96|Jul/10/96|July 4th, '76|Jul.10.96|July 4th 76",
  ],
  [
    "weekday, month",
    "Thu Sep 25 2003|Thursday, January 26, 1995|Sun, Mar. 6, 2016|Wed Aug 05 2015|Thu. Sep. 25, 2003|Thu,Sep 25 2003",
  ],
  [
    "weekday, month, ordinal",
    "Tuesday, November 4th, 2014|sunday july 4th 1976|Sun, July the 4th, 1976|Thurs., Sept. 25th, 2003",
  ],
  [
    "weekday, day",
    "Thu, 25 Sep 2003|Sunday 12 July 2020|Sunday,22 April 2018|Fri, 3 Jan. 2012|Friday, 09 September 2005",
  ],
  [
    "weekday, ordinal",
    "sunday 4th of july 1976|Friday the 4th of July, 1976|Sat, 4th July 1976|Sun. the 4th of July 1976|Sun, 4th of July, 1976",
  ],
  ["weekday, marks", "Thu, 25-Sep-2003|Thu 25Sep2003|Thursday 25/Sep/2003|Thu, 25-Sep-03|Wednesday, 06-Nov-94"],
  [
    "weekday, short year",
    "Wed, July 10, '96|Wed, 10 Jul 96|Wed 10 July '96|Tue 04/28/90|Tue, 28.04.90|Tue 10th July 96|Wed, Jul 10 96",
  ],
  [
    "weekday, numbers",
    "Fri 08/10/2012|Thu, 25.09.2003|Thursday 2003-09-25|Thu, 25-09-2003|Thu 09-25-2003|Fri. 2012/8/10",
  ],
  [
    "weekday last",
    "2003-09-25 (Thu)|25/09/2003 Thursday|September 25, 2003, Thu|25 Sep 2003 (Thursday)|2003-09-25 Thu|2003-09-25, Thu",
  ],
  [
    "year, name",
    "2003 Sep 25|2003, September 25th|1976 July 4|2003 25 Sep|2003, Sep. 25|Thu 2003 Sep 25|2003 September, 25",
  ],
  ["year, name, marks", "2003-Sep-25|2003/Sep/25|2003.Sep.25|2003Sep25|2003-25-Sep|1996.July.10"],
  [
    "year, numbers",
    "2003-09-25|2003-9-5|2012/8/10|2003.09.25|2003. 9. 25.|2003. 09. 25|2003 09 25|20030925|2003:09:25|2003_09_25",
  ],
  ["year, numbers, spaced", "2003 - 09 - 25|2003 / 9 / 25"],
  ["short year first", "96-07-10|96/07/10|96.07.10|96 07 10|960710|96-Jul-10|96 Jul 10"],
  [
    "numbers",
    "03/30/1968|28/04/1990|19-2-2015|4.7.1976|4. 7. 1976|25 09 2003|5-22-2018|09.25.2003|09 25 2003|10 / 08 / 2012",
  ],
  ["numbers, more", "4.7.1976.|10 - 08 - 2012"],
  ["numbers, short year", "4/28/90|28/04/90|10.09.70|7-4-76|04 04 95|7-28-76|10. 9. 70|7/4/'76|28 - 4 - 90"],
  [
    "spelled",
    "the fourth of July 1976|fourth of july 1976|May twenty-first 2017|July the fourth, 1976|twenty second of june 2017",
  ],
  ["era", "July 10, 1996 AD|10 Jul 1996 A.D.|1996.07.10 AD|10 August 2012AD|Aug 10 2012 CE"],
  [
    "preposition",
    "on 4 July 1976|on the 4th of July 1976|Date: 2003-09-25|since July 4, 1976|as of July 4, 1976|by 25/09/2003",
  ],
  ["wrapped", '(July 4, 1976)|[4 Jul 1976]|"2003-09-25"|July 4, 1976.|4 July 1976,| 9 may 1998  '],
];

test("what people write has a format that draws its shape", () => {
  const shapes = drawnShapes(600_000);
  const missing = WRITTEN.flatMap(([kind, texts]) =>
    texts.split("|").flatMap((text) => (shapes.has(shapeOf(text)) ? [] : [`${kind}: ${text}`])),
  );
  expect(missing).toEqual([]);
});

test("and the rule gives each a real date", () => {
  const unread = WRITTEN.flatMap(([, texts]) => texts.split("|").filter((text) => !isRealDate(readDate(text))));
  expect(unread).toEqual([]);
});
