/** What the watchdog says, by part and language. */
import type { MessageLocale } from '../../trading/notifications/index.js';
import type { NotificationType } from '../../trading/types.js';
import type { Part } from './decide.js';

interface Text {
  type: NotificationType;
  code: string;
  en: (detail: string) => string;
  ko: (detail: string) => string;
}

export const WATCHDOG_TEXTS = {
  worker: {
    type: 'SYSTEM_ERROR',
    code: 'WORKER_MISSING',
    en: (seen) =>
      `No worker asks for trading work (last seen: ${seen}). Nobody's cycle runs; what protects positions rests on the exchange itself.`,
    ko: (seen) =>
      `거래 작업을 처리하는 워커가 없습니다 (마지막 확인: ${seen}). 거래 주기가 멈췄으며, 포지션 보호 주문은 거래소에 그대로 남아 있습니다.`,
  },
  temporal: {
    type: 'SYSTEM_ERROR',
    code: 'ENGINE_UNREACHABLE',
    en: (error) => `Temporal does not answer: ${error}. Nobody's cycle runs; protection rests on the exchange itself.`,
    ko: (error) => `Temporal이 응답하지 않습니다: ${error}. 거래 주기가 멈췄으며, 보호 주문은 거래소에 남아 있습니다.`,
  },
  database: {
    type: 'SYSTEM_ERROR',
    code: 'DATABASE_UNREACHABLE',
    en: (error) => `The database does not answer: ${error}. No new order is sent until it does.`,
    ko: (error) => `데이터베이스가 응답하지 않습니다: ${error}. 복구될 때까지 새 주문을 보내지 않습니다.`,
  },
  exchange: {
    type: 'API_CONNECTION_LOST',
    code: 'EXCHANGE_UNREACHABLE',
    en: (error) => `The exchange does not answer: ${error}. What protects positions rests on the exchange itself.`,
    ko: (error) => `거래소가 응답하지 않습니다: ${error}. 포지션 보호 주문은 거래소에 그대로 남아 있습니다.`,
  },
  disk: {
    type: 'SYSTEM_ERROR',
    code: 'DISK_NEARLY_FULL',
    en: (free) => `The disk of the data directory is nearly full: ${free}.`,
    ko: (free) => `데이터 디렉터리의 디스크가 거의 찼습니다: ${free}.`,
  },
  audit: {
    type: 'SYSTEM_ERROR',
    code: 'AUDIT_BROKEN',
    en: (where) =>
      `The audit log was changed: ${where}. Somebody, or something, wrote to the database past the product.`,
    ko: (where) => `감사 로그가 변경되었습니다: ${where}. 제품을 거치지 않고 데이터베이스에 기록된 것이 있습니다.`,
  },
  cycles: {
    type: 'SYSTEM_ERROR',
    code: 'CYCLES_OVERDUE',
    en: (count) => `Trading cycles are overdue for ${count} user(s).`,
    ko: (count) => `사용자 ${count}명의 거래 주기가 지연되고 있습니다.`,
  },
  cycle: {
    type: 'SYSTEM_ERROR',
    code: 'CYCLE_OVERDUE',
    en: (since) =>
      `Your trading cycle is overdue: it was to run at ${since}. What protects your positions rests on the exchange itself.`,
    ko: (since) =>
      `거래 주기가 지연되고 있습니다: ${since}에 실행될 예정이었습니다. 포지션 보호 주문은 거래소에 그대로 남아 있습니다.`,
  },
} satisfies Record<Part, Text & Record<MessageLocale, unknown>>;
