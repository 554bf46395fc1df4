/**
 * What `npm run reproduce` can train: one row a name. Each says what it shows, how its data is read (`data.mjs`), by which recipe
 * with which settings beside the recipe's own, and what its numbers stand beside.
 *
 * `like` names the model that a row is compared with: it has that model's settings, `change` apart, is as large (`twins.mjs`) and
 * takes as many steps. `measure` is what is measured of the trained model beyond what the recipe does (`measures.mjs`). A row whose
 * data is `made` needs no data folder.
 */
import { generated, HEADLINES, IMDB, MULTI30K, RESTAURANTS, SENTIMENT, TREC, yesNoQuestions } from "./data.mjs";
import { intervals, questionFocus } from "./measures.mjs";

const NO_ATTENTION = { "model.attention": "false" };
const MEAN = { "model.pooling": "mean" };

/** Minutes of training that translation has, where nothing else is said. */
const TRANSLATION_MINUTES = 45;

const PUBLISHED_GRU = {
  metric: "bleuTokenized",
  value: 28.3,
  what: "additive-attention GRU, 20.5 M parameters: corpus BLEU on lower-case tokens",
};

const multi30k = (type, rest) => ({
  shows: `German to English, test 2016, ${type}`,
  recipe: "translate",
  data: MULTI30K,
  settings: { "model.type": type },
  minutes: TRANSLATION_MINUTES,
  measure: intervals,
  ...rest,
});

const classified = (shows, data, rest) => ({ shows, recipe: "classify", data, ...rest });

const rewritten = (name, count, shows) => ({
  shows: `${shows}, with no option but the file`,
  recipe: "transduce",
  data: generated(name, count),
  made: true,
});

export const NAMES = {
  "multi30k-bahdanau": multi30k("bahdanau", { published: PUBLISHED_GRU }),
  "multi30k-bahdanau-without-attention": multi30k("bahdanau", {
    shows: "the same without attention, as large, as many steps",
    like: "multi30k-bahdanau",
    change: NO_ATTENTION,
  }),
  "multi30k-luong": multi30k("luong", {}),
  "multi30k-luong-without-attention": multi30k("luong", {
    shows: "the same without attention, as large, as many steps",
    like: "multi30k-luong",
    change: NO_ATTENTION,
  }),
  imdb: classified("film reviews, good or bad, attention pooling", IMDB, {
    published: { metric: "accuracy", value: 0.888, what: "attention over an LSTM, best of ten" },
  }),
  "imdb-mean": classified("the same with all words alike, as large", IMDB, { like: "imdb", change: MEAN }),
  trec: classified("types of questions, attention pooling", TREC, {
    published: { metric: "accuracy", value: 0.882, what: "test set of 500" },
  }),
  "trec-mean": classified("the same with all words alike, as large", TREC, { like: "trec", change: MEAN }),
  sst: classified("sentences of film reviews, good or bad, attention pooling", SENTIMENT, {
    published: { metric: "accuracy", value: 0.835, what: "with phrases to learn from, which are absent here" },
  }),
  "sst-mean": classified("the same with all words alike, as large", SENTIMENT, { like: "sst", change: MEAN }),
  camrest: {
    shows: "replies of a restaurant desk, split by dialogue",
    recipe: "dialogue",
    data: RESTAURANTS,
    measure: intervals,
  },
  "camrest-without-attention": {
    shows: "the same without attention, as large, as many steps",
    recipe: "dialogue",
    data: RESTAURANTS,
    like: "camrest",
    change: NO_ATTENTION,
    measure: intervals,
  },
  headlines: {
    shows: "headlines of news in brief",
    recipe: "summarize",
    data: HEADLINES,
    measure: intervals,
  },
  "headlines-without-attention": {
    shows: "the same without attention, as large, as many steps",
    recipe: "summarize",
    data: HEADLINES,
    like: "headlines",
    change: NO_ATTENTION,
    measure: intervals,
  },
  questions: {
    shows: "yes/no questions: what the Yes and the No are read from",
    recipe: "dialogue",
    data: yesNoQuestions({ train: 20_000, validation: 1000, test: 2000 }),
    made: true,
    // The answers begin with a capital letter.
    settings: { lowercase: "false" },
    measure: questionFocus,
  },
  times: rewritten("times", 20_000, "times in words to HH:MM"),
  amounts: rewritten("amounts", 20_000, "amounts in words to digits"),
  "foreign-dates": rewritten("foreign-dates", 20_000, "German and French dates to ISO"),
};
