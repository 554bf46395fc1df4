import { Bahdanau } from "../../models/bahdanau/bahdanau.ts";
import { Luong } from "../../models/luong/luong.ts";
import type { SequenceToSequence } from "../../models/sequence-to-sequence.ts";
import type { SequenceSettings } from "./settings.ts";

/** The model that settings ask for. */
export function buildModel(
  { type, attention, attentionDim, ...sizes }: SequenceSettings["model"],
  { sourceVocabulary, targetVocabulary }: { readonly sourceVocabulary: number; readonly targetVocabulary: number },
): SequenceToSequence {
  const vocabularies = { sourceVocabulary, targetVocabulary };
  const { embeddingDim, encoderDim, decoderDim, dropout } = sizes;
  if (type === "luong") return new Luong({ ...vocabularies, embeddingDim, hiddenDim: encoderDim, attention, dropout });
  const energies = attention ? { attentionDim } : {};
  return new Bahdanau({ ...vocabularies, embeddingDim, encoderDim, decoderDim, ...energies, dropout });
}
