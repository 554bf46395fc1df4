/** The fifteen examples of the article that this task comes from, with their answers, in the article's order. */

/** A text and its `yyyy-mm-dd`. */
export interface ArticleExample {
  readonly text: string;
  readonly iso: string;
}

/** `21th` is the article's own; a wrong ordinal is still read. */
export const ARTICLE_EXAMPLES: readonly ArticleExample[] = [
  { text: "9 may 1998", iso: "1998-05-09" },
  { text: "10.09.70", iso: "1970-09-10" },
  { text: "4/28/90", iso: "1990-04-28" },
  { text: "thursday january 26 1995", iso: "1995-01-26" },
  { text: "monday march 7 1983", iso: "1983-03-07" },
  { text: "sunday may 22 1988", iso: "1988-05-22" },
  { text: "tuesday july 8 2008", iso: "2008-07-08" },
  { text: "08 sep 1999", iso: "1999-09-08" },
  { text: "1 jan 1981", iso: "1981-01-01" },
  { text: "monday may 22 1995", iso: "1995-05-22" },
  { text: "the 29th of August 1958", iso: "1958-08-29" },
  { text: "03/30/1968", iso: "1968-03-30" },
  { text: "24 JUNE 1987", iso: "1987-06-24" },
  { text: "3 May 1979", iso: "1979-05-03" },
  { text: "21th of August 2016", iso: "2016-08-21" },
];
