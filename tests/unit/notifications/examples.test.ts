import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleEvent, examplesPage, exampleText } from '../../../adapters/notifications/examples.js';
import { projectRoot } from '../../../adapters/paths.js';
import { NOTIFICATION_RULES } from '../../../trading/notifications/index.js';
import { CHANNELS, NOTIFICATION_TYPES } from '../../../trading/types.js';

test('docs/notification-examples.md is what the code renders', () => {
  expect(readFileSync(join(projectRoot(), 'docs', 'notification-examples.md'), 'utf8')).toBe(examplesPage());
});

test.each(NOTIFICATION_TYPES)('%s looks like something on every channel, and differs by language', (type) => {
  for (const channel of CHANNELS) {
    const [english, korean] = [exampleText(type, channel, 'en'), exampleText(type, channel, 'ko')];
    expect(english).not.toBe(korean);
    expect(english).not.toMatch(/undefined|NaN|\[object/);
    expect(korean).not.toMatch(/undefined|NaN|\[object/);
    expect(korean).toMatch(/[가-힣]/);
  }
});

test('every field that trading sends has a label of its own', () => {
  for (const type of NOTIFICATION_TYPES)
    for (const field of Object.keys(exampleEvent(type).data))
      expect(exampleText(type, 'email', 'ko')).not.toMatch(new RegExp(`^${field}:`, 'm'));
});

test('docs/NOTIFICATIONS.md has a row for each type with its expiry', () => {
  const page = readFileSync(join(projectRoot(), 'docs', 'NOTIFICATIONS.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (\w+) \| ([^|]+) \|/gm)].map(
    ([, type, severity, switched, expiry]) => [type, severity, switched, expiry?.trim()],
  );
  const expected = NOTIFICATION_TYPES.map((type) => {
    const rule = NOTIFICATION_RULES[type];
    return [
      type,
      rule.severity,
      rule.switch,
      rule.expiresAfterMs === null ? 'never' : `${rule.expiresAfterMs / 3_600_000} h`,
    ];
  });
  expect(rows).toEqual(expected);
});
