import type { MessageLocale } from './message.js';

/**
 * The reasons that the product itself gives, as templates. They are written in English into receipts and events
 * (`reasonText`), and said in the reader's language where a message is made (`localizeReason`). A field in braces is a
 * number or a text; the last one may be any text, such as what the exchange answered.
 */
export const REASONS = {
  DAILY_LOSS: {
    en: 'daily loss of {loss} % reached the limit of {limit} %',
    ko: '일일 손실 {loss} %가 한도 {limit} %에 도달했습니다',
  },
  EXCHANGE_SILENT: {
    en: 'no successful call to the exchange for {seconds} s (limit {limit} s)',
    ko: '거래소 호출이 {seconds}초 동안 한 번도 성공하지 못했습니다 (한도 {limit}초)',
  },
  EXCHANGE_FAILING: {
    en: 'no successful call for {seconds} s: {detail}',
    ko: '거래소 호출이 {seconds}초 동안 한 번도 성공하지 못했습니다: {detail}',
  },
  CYCLES_FAILED: {
    en: '{count} cycles in a row failed: {detail}',
    ko: '거래 주기가 연속 {count}회 실패했습니다: {detail}',
  },
  UNPROTECTED: {
    en: '{count} positions have no protection on the exchange',
    ko: '포지션 {count}개에 거래소 보호 주문이 없습니다',
  },
  UNLISTED: {
    en: 'the exchange lists its symbol no more, so it can be neither protected nor sold here: {detail}',
    ko: '거래소가 더 이상 이 종목을 거래하지 않아 여기서 보호하거나 매도할 수 없습니다: {detail}',
  },
  STEP_LATE: { en: 'The step did not answer in time', ko: '단계가 제시간에 응답하지 않았습니다' },
  RESET_FIRST: {
    en: 'Trading is stopped by an emergency: reset it first.',
    ko: '긴급 중단 상태입니다. 먼저 대시보드에서 재설정하세요.',
  },
  FLEET: { en: 'fleet: {detail}', ko: '관리자가 전체 거래를 중단했습니다: {detail}' },
} as const satisfies Record<string, Record<MessageLocale, string>>;

export type ReasonCode = keyof typeof REASONS;

/** A reason in English, as receipts and logs hold it. */
export function reasonText(code: ReasonCode, fields: Readonly<Record<string, string | number>> = {}): string {
  return filled(REASONS[code].en, fields);
}

/** The reason in the reader's language where it is one of ours; anyone else's words as they are. */
export function localizeReason(text: string, locale: MessageLocale): string {
  if (locale === 'en') return text;
  for (const { template, pattern } of PATTERNS) {
    const found = pattern.exec(text);
    if (!found) continue;
    const fields: Record<string, string> = found.groups ?? {};
    const { detail } = fields;
    return filled(
      template[locale],
      detail === undefined ? fields : { ...fields, detail: localizeReason(detail, locale) },
    );
  }
  return text;
}

const PATTERNS = Object.values(REASONS).map((template) => ({ template, pattern: patternOf(template.en) }));

function patternOf(template: string): RegExp {
  const escaped = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  const fields = escaped.replace(/\{(\w+)\}/g, (_all, name: string) =>
    name === 'detail' ? '(?<detail>.*)' : `(?<${name}>-?\\d+(?:\\.\\d+)?)`,
  );
  return new RegExp(`^${fields}$`);
}

function filled(template: string, fields: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_all, name: string) => String(fields[name] ?? ''));
}
