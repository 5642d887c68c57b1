import { hashOf, MODEL_FORMAT, type SerializedModel } from './serialize.js';

export class ModelError extends Error {
  override name = 'ModelError';
}

/**
 * Takes parsed JSON for a model, or throws a ModelError that says what is wrong with it: another format, something
 * missing, or a content that its hash does not fit. `expected` are the features that this program computes.
 */
export function loadModel(json: unknown, expected?: readonly string[]): SerializedModel {
  if (json === null || typeof json !== 'object') throw new ModelError('a model must be a JSON object');
  const model = json as Record<string, unknown>;
  if (model.format !== MODEL_FORMAT)
    throw new ModelError(`model format ${String(model.format)} is not known; ${MODEL_FORMAT} is`);
  const needs: Record<string, (value: unknown) => boolean> = {
    version: isText,
    symbol: isText,
    timeframe: isText,
    hash: isText,
    data: isObject,
    features: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
    parameters: isObject,
    parts: isObject,
    calibration: isObject,
    recalibration: isObject,
    distribution: Array.isArray,
  };
  for (const [field, fits] of Object.entries(needs))
    if (!fits(model[field])) throw new ModelError(`the model's ${field} is missing or of the wrong kind`);
  const loaded = json as SerializedModel;
  const unknown = expected ? loaded.features.filter((name) => !expected.includes(name)) : [];
  if (unknown.length > 0)
    throw new ModelError(`model ${loaded.version} needs features that are not computed here: ${unknown.join(', ')}`);
  if (!Array.isArray(loaded.parts.boosting?.trees)) throw new ModelError(`model ${loaded.version} has no trees`);
  const hash = hashOf(loaded);
  if (hash !== loaded.hash)
    throw new ModelError(
      `model ${loaded.version} is not what was saved: its hash is ${hash}, recorded is ${loaded.hash}`,
    );
  return loaded;
}

const isText = (value: unknown) => typeof value === 'string' && value.length > 0;
const isObject = (value: unknown) => value !== null && typeof value === 'object' && !Array.isArray(value);
