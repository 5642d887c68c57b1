import { localizeReason } from '../../../../trading/notifications/reasons.js';
import { delivery } from './koDeliveries.js';
import { logLine } from './koLogs.js';
import { FIELD_PROBLEMS, PROBLEMS } from './koProblems.js';
import { MEANINGS, PARAMETERS, reason } from './koSignals.js';

/** 서버가 영어로 말하는 것의 한국어. */
export const KOREAN = {
  problems: PROBLEMS,
  fields: FIELD_PROBLEMS,
  meanings: MEANINGS,
  parameters: PARAMETERS,
  reason,
  logLine,
  delivery,
  given: (text: string): string => localizeReason(text, 'ko'),
};
export type KoreanTexts = typeof KOREAN;
