import { describe, test } from "vitest";
import { checkInference, checkTraining, type ParityCase } from "../../test/support/parity.ts";
import { Bahdanau } from "./bahdanau/bahdanau.ts";
import { Luong } from "./luong/luong.ts";
import { CROSS_ATTENTION, type SequenceToSequence } from "./sequence-to-sequence.ts";
import { TextClassifier } from "./text-classifier/text-classifier.ts";

const VOCABULARIES = { sourceVocabulary: 19, targetVocabulary: 17, embeddingDim: 5 };
const BAHDANAU = { ...VOCABULARIES, encoderDim: 3, decoderDim: 11 };
const CLASSIFIER = { vocabulary: 19, classes: 3, embeddingDim: 5, encoderDim: 3, unknown: 3 };

function ofSequences(golden: string, model: SequenceToSequence, attends: boolean): ParityCase {
  const traced = attends ? { traced: CROSS_ATTENTION } : {};
  const build: ParityCase["build"] = ({ source, lengths, target }) => ({
    ...model.forward({ source, lengths, target }),
  });
  return { golden, model, ...traced, build };
}

function ofTexts(golden: string, model: TextClassifier): ParityCase {
  const traced = model.pooling ? { traced: "attentions.0" } : {};
  return { golden, model, ...traced, build: ({ text, lengths }) => ({ ...model.forward({ text, lengths }) }) };
}

const CASES: readonly ParityCase[] = [
  ofSequences("bahdanau", new Bahdanau({ ...BAHDANAU, attentionDim: 13 }), true),
  ofSequences("bahdanau-plain", new Bahdanau(BAHDANAU), false),
  ofSequences("luong", new Luong({ ...VOCABULARIES, hiddenDim: 11 }), true),
  ofSequences("luong-plain", new Luong({ ...VOCABULARIES, hiddenDim: 11, attention: false }), false),
  ofTexts("text-classifier", new TextClassifier({ ...CLASSIFIER, attentionDim: 13 })),
  ofTexts("text-classifier-mean", new TextClassifier(CLASSIFIER)),
];

describe.each(CASES)("$golden agrees with PyTorch", (row) => {
  test("logits, weights and gradients of the training form", () => checkTraining(row));
  test("logits and weights of the inference form", () => checkInference(row));
});
