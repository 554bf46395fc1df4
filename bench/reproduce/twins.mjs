/**
 * Models of equal size: what attention costs in parameters, the model without it has in units. Everything else is the same.
 */
import { Bahdanau } from "../../dist/models/bahdanau/bahdanau.js";
import { Luong } from "../../dist/models/luong/luong.js";
import { TextClassifier } from "../../dist/models/text-classifier/text-classifier.js";

/** How far the sizes may be apart. */
export const TOLERANCE = 0.02;

const isOn = (value) => value === true || value === "true";

/** The model of some settings, `model.…` by path, without values. */
function modelOf(settings, { vocabulary }) {
  const of = (name) => settings[`model.${name}`];
  const size = (name) => Number(of(name));
  if (of("pooling") !== undefined) {
    return new TextClassifier({
      vocabulary: vocabulary.text,
      classes: vocabulary.labels,
      embeddingDim: size("embeddingDim"),
      encoderDim: size("encoderDim"),
      ...(of("pooling") === "attention" ? { attentionDim: size("attentionDim") } : {}),
      unknown: 3,
    });
  }
  const vocabularies = { sourceVocabulary: vocabulary.source, targetVocabulary: vocabulary.target };
  const embeddingDim = size("embeddingDim");
  if (of("type") === "luong") {
    const hiddenDim = size("encoderDim");
    return new Luong({ ...vocabularies, embeddingDim, hiddenDim, attention: isOn(of("attention")) });
  }
  return new Bahdanau({
    ...vocabularies,
    embeddingDim,
    encoderDim: size("encoderDim"),
    decoderDim: size("decoderDim"),
    ...(isOn(of("attention")) ? { attentionDim: size("attentionDim") } : {}),
  });
}

/** How many parameters the model of some settings has. */
export function parametersOf(settings, data) {
  return modelOf(settings, data).parameterCount;
}

/** Which units make up for what is gone: those of the decoder where it has its own. */
function widthOf(settings) {
  return settings["model.type"] === "bahdanau" ? "model.decoderDim" : "model.encoderDim";
}

/**
 * The settings of a model as large as another.
 *
 * @param reference the numbers of the other: its settings, its vocabularies and its parameters
 * @param change what is different
 */
export function equalSettings({ name, settings, data, parameters }, change) {
  const changed = { ...settings, ...change };
  const width = widthOf(settings);
  const at = (units) => ({ ...changed, [width]: units });
  const distance = (units) => Math.abs(parametersOf(at(units), data) - parameters);
  let units = Number(settings[width]);
  while (distance(units + 1) < distance(units)) units++;
  if (distance(units) > TOLERANCE * parameters) {
    const found = parametersOf(at(units), data);
    throw new Error(`reproduce: expected about ${parameters} parameters, as ${name} has, but found ${found}`);
  }
  return at(units);
}
