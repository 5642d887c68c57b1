import type { Signal } from '../types.js';

/** What an entry is worth where no model can be asked, by the operator's setting WITHOUT_MODEL. */
export const WITHOUT_MODEL = ['reduced', 'hold', 'full'] as const;
export type WithoutModel = (typeof WITHOUT_MODEL)[number];

/** The ensemble alone has nobody's second opinion: a tenth of its confidence (0 to 100) goes. */
export const reducedConfidence = (confidence: number): number => Math.round(0.9 * confidence);

/**
 * A proposal to buy that no model has seen: at nine tenths of its confidence, as a HOLD, or as it is. `silence` says why
 * no model spoke, and becomes the first reason. What leaves a holding (SELL) and a HOLD stay as they are.
 */
export function withoutModel(signal: Signal, silence: string, setting: WithoutModel): Signal {
  if (signal.type !== 'BUY' || setting === 'full') return signal;
  if (setting === 'hold') return { ...signal, type: 'HOLD', reasons: [`${silence}: no entry`, ...signal.reasons] };
  const confidence = reducedConfidence(signal.confidence);
  return { ...signal, confidence, reasons: [`${silence}: confidence reduced by a tenth`, ...signal.reasons] };
}
