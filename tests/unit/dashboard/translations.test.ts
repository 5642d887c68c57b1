import { en } from '../../../dashboard/src/i18n/en.js';
import { ko } from '../../../dashboard/src/i18n/ko.js';
import { KEY_PROBLEMS } from '../../../adapters/exchange/keyVerification.js';
import { ORDER_STATES } from '../../../trading/orders/states.js';
import { STRATEGIES } from '../../../trading/signals/registry.js';
import {
  ANOMALY_CODES,
  CHANNELS,
  EMERGENCY_TRIGGERS,
  EXIT_REASONS,
  LOG_COMPONENTS,
  LOG_LEVELS,
  LISTED_NOTIFICATION_TYPES,
  ORDER_PURPOSES,
  RISK_STATES,
  SIGNAL_REJECTIONS,
  SIGNAL_TYPES,
  TRADING_STATUSES,
} from '../../../trading/types.js';

/** `{ a: { b: 'x' } }` as [['a.b', 'x']]. */
function leaves(part: object, path = ''): [string, string][] {
  return Object.entries(part).flatMap(([key, value]): [string, string][] => {
    const here = path ? `${path}.${key}` : key;
    return typeof value === 'string' ? [[here, value]] : leaves(value as object, here);
  });
}

const english = new Map(leaves(en));
const korean = new Map(leaves(ko));
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

test('both languages have the same keys', () => {
  expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
});

test('no text is empty and both languages name the same values', () => {
  for (const [key, text] of english) {
    expect(text.trim()).not.toBe('');
    expect([key, placeholders(korean.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  }
});

test('Korean texts are Korean wherever a word can be', () => {
  const shared = [...english].filter(([key, text]) => korean.get(key) === text).map(([key]) => key);
  expect(shared.sort()).toEqual(['app.name', 'health.parts.temporal', 'logComponent.API', 'model.figures.auc']);
});

test.each([
  ['exitReason', EXIT_REASONS],
  ['channel', CHANNELS],
  ['notificationType', LISTED_NOTIFICATION_TYPES],
  ['signalRejection', SIGNAL_REJECTIONS],
  ['signalType', SIGNAL_TYPES],
  ['status', TRADING_STATUSES],
  ['risk', RISK_STATES],
  ['trigger', EMERGENCY_TRIGGERS],
  ['purpose', ORDER_PURPOSES],
  ['logLevel', LOG_LEVELS],
  ['logComponent', LOG_COMPONENTS],
  ['orderState', ORDER_STATES],
  ['strategy', Object.keys(STRATEGIES)],
] as const)('every code of %s has a text in both languages', (section, codes) => {
  expect(Object.keys(en[section]).sort()).toEqual([...codes].sort());
});

test('every anomaly and every fault of a key has a text in both languages', () => {
  expect(Object.keys(en.anomalies.codes).sort()).toEqual([...ANOMALY_CODES].sort());
  expect(Object.keys(en.keys.problem).sort()).toEqual([...KEY_PROBLEMS].sort());
});
