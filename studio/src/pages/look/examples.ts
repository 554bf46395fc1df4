/** Texts to try, by task. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  dates: [
    "the 29th of August 1958",
    "3 May 1979",
    "5 April 09",
    "Tue 10 Jul 2007",
    "21th of August 2016",
    "10.09.70",
    "1999-12-31",
    "next tuesday",
  ],
};
