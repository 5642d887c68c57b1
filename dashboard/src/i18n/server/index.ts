/**
 * Words of the server in the reader's language. The server speaks English; what carries a code is named by the code,
 * and sentences (log lines, signal reasons) are matched by their form. Whatever is not known stays as it is.
 */
import i18next from 'i18next';
import type { KoreanTexts } from './ko.js';

let korean: KoreanTexts | null = null;

/** Called before Korean is shown; English needs nothing. */
export async function loadServerTexts(language: string): Promise<void> {
  if (language === 'ko') korean ??= (await import('./ko.js')).KOREAN;
}

const texts = (): KoreanTexts | null => (i18next.language === 'ko' ? korean : null);

/** A problem's detail by its code; the server's own words where the reader's language is English. */
export const problemText = (code: string, detail: string | undefined): string | undefined =>
  texts()?.problems[code] ?? detail;

/** What is wrong with one field, as in "is not accepted by the exchange". */
export const fieldProblemText = (message: string): string => texts()?.fields[message] ?? message;

/** A line of the log. */
export const logText = (message: string): string => texts()?.logLine(message) ?? message;

/** A reason of a signal, as in "trend +0.62: fast average above the slow one in a trend". */
export const reasonText = (reason: string): string => texts()?.reason(reason) ?? reason;

/** Why an emergency stop was ordered: the product's own reasons; a person's words stay as they are. */
export const emergencyReason = (reason: string): string => texts()?.given(reason) ?? reason;

/** Why a channel did not take a message, or what it said when it did; a service's own words stay as they are. */
export const deliveryText = (words: string): string => texts()?.delivery(words) ?? words;

/** What showed an order's state: a code such as "query", or a sentence. */
export function evidenceText(evidence: string): string {
  const key = `evidence.${evidence}`;
  return /^\w+$/.test(evidence) && i18next.exists(key)
    ? i18next.t(key as 'evidence.query')
    : (texts()?.logLine(evidence) ?? evidence);
}

/** A step of an emergency stop's receipt. */
export const stepText = (step: string): string => texts()?.logLine(step) ?? step;

/** What a strategy's parameter means; `meaning` is the registry's own words. */
export const parameterText = (strategy: string, parameter: string, meaning: string): string =>
  texts()?.parameters[strategy]?.[parameter] ?? meaning;
